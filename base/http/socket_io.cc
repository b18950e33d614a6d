#include "base/http/socket_io.h"

#include <boost/asio/buffer.hpp>

namespace sluice::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {
// How much a watched connection reads ahead; past it TCP's own backpressure holds the peer.
constexpr std::size_t read_ahead = 64 << 10;
}  // namespace

SocketIo::SocketIo(Transport::Tcp::socket socket, TlsContext tls, Clock::duration write_timeout)
    : transport_(std::move(socket), std::move(tls)),
      write_timeout_(write_timeout),
      wake_(transport_.get_executor()),
      guard_(transport_.get_executor()) {}

asio::awaitable<error_code> SocketIo::handshake(Side side, Clock::duration timeout) {
  arm_guard(timeout);
  const error_code ec = co_await transport_.handshake(side);
  disarm_guard();
  co_return ec;
}

void SocketIo::consume(std::size_t n) {
  consumed_ += n;
  if (consumed_ == input_.size()) {
    input_.clear();
    consumed_ = 0;
  } else if (consumed_ > read_ahead) {
    input_.erase(0, consumed_);
    consumed_ = 0;
  }
}

void SocketIo::start_read() {
  if (reading_ || peer_gone_ || closed_) return;
  reading_ = true;
  transport_.async_read_some(
      asio::buffer(scratch_),
      [self = shared_from_this()](const error_code& ec, std::size_t n) { self->on_read(ec, n); });
}

void SocketIo::on_read(const error_code& ec, std::size_t n) {
  reading_ = false;
  input_.append(scratch_.data(), n);
  received_ += n;
  if (ec) {
    peer_gone_ = true;
    if (const auto on_gone = std::exchange(on_gone_, nullptr)) on_gone();
  } else if (on_gone_ && input().size() < read_ahead) {
    start_read();
  }
  notify();
}

void SocketIo::watch(std::function<void()> on_gone) {
  if (peer_gone_) {
    on_gone();
    return;
  }
  on_gone_ = std::move(on_gone);
  if (input().size() < read_ahead) start_read();
}

asio::awaitable<SocketIo::Fill> SocketIo::fill(Clock::time_point deadline, bool interruptible) {
  const std::size_t before = received_;
  bool in_time = true;
  while (received_ == before) {
    if (closed_ || peer_gone_) co_return Fill::closed;
    if (interruptible && interrupted_) co_return Fill::interrupted;
    if (!in_time) co_return Fill::timed_out;
    start_read();
    in_time = co_await pause_until(deadline);
  }
  co_return Fill::data;
}

asio::awaitable<bool> SocketIo::pause_until(Clock::time_point deadline) {
  error_code ec;
  wake_.expires_at(deadline);
  co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  co_return ec == asio::error::operation_aborted;
}

asio::awaitable<bool> SocketIo::write(std::string_view first, std::string_view second) {
  while (!first.empty() || !second.empty()) {
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(first), asio::buffer(second)};
    error_code ec;
    arm_guard(write_timeout_);
    const std::size_t n = co_await transport_.async_write_some(
        buffers, asio::redirect_error(asio::use_awaitable, ec));
    disarm_guard();
    if (ec) co_return false;
    const std::size_t of_first = std::min(n, first.size());
    first.remove_prefix(of_first);
    second.remove_prefix(n - of_first);
  }
  co_return true;
}

void SocketIo::arm_guard(Clock::duration timeout) {
  guard_.expires_after(timeout);
  guard_.async_wait([self = shared_from_this(), mine = ++guard_generation_](const error_code& ec) {
    // The generation tells a guard that fired in time from one whose step had just succeeded.
    if (!ec && mine == self->guard_generation_) self->close();
  });
}

void SocketIo::disarm_guard() {
  ++guard_generation_;
  guard_.cancel();
}

void SocketIo::interrupt() {
  interrupted_ = true;
  notify();
}

void SocketIo::close() {
  closed_ = true;
  transport_.close();
  notify();
}

asio::awaitable<void> SocketIo::finish(bool lingering, Clock::duration limit) {
  unwatch();
  if (!closed_) {
    arm_guard(limit);
    const auto deadline = Clock::now() + limit;
    co_await transport_.shut_down();
    while (lingering && co_await fill(deadline) == Fill::data) consume(input().size());
    disarm_guard();
  }
  close();
}

}  // namespace sluice::http
