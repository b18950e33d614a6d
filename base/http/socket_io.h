// SocketIo: a connection behind a few verbs with timeouts. It owns the bytes read ahead, so that a
// background read (which notices that the peer left while a handler runs) loses nothing of a
// pipelined request.
//
// Everything runs on the transport's strand; one coroutine at a time may wait in it. Reads are one
// outstanding operation at most, started on demand, whose bytes land in input().
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/http/transport.h"

namespace sluice::http {

class SocketIo : public std::enable_shared_from_this<SocketIo> {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Fill { data, timed_out, closed, interrupted };

  SocketIo(Transport::Tcp::socket socket, TlsContext tls, Clock::duration write_timeout);

  Transport& transport() { return transport_; }
  using Side = boost::asio::ssl::stream_base::handshake_type;
  boost::asio::awaitable<boost::system::error_code> handshake(Side side, Clock::duration timeout);

  std::string_view input() const { return std::string_view(input_).substr(consumed_); }
  void consume(std::size_t n);

  // Waits for at least one more byte. Only an interruptible fill heeds interrupt().
  boost::asio::awaitable<Fill> fill(Clock::time_point deadline, bool interruptible = false);
  // Both pieces in full; false when the peer is gone or made no progress for the write timeout.
  boost::asio::awaitable<bool> write(std::string_view first, std::string_view second = {});
  // Sleeps until notify() or the deadline; false for the deadline.
  boost::asio::awaitable<bool> pause_until(Clock::time_point deadline);
  void notify() { wake_.cancel(); }

  // Reads ahead until unwatch(), and calls on_gone (once) if the peer closes meanwhile.
  void watch(std::function<void()> on_gone);
  void unwatch() { on_gone_ = nullptr; }

  void interrupt();  // wakes an interruptible fill, now and ever after
  bool peer_gone() const { return peer_gone_; }
  bool closed() const { return closed_; }
  void close();

  // Sends the goodbye; then, if lingering, reads and drops until the peer closes too (or `limit`),
  // so that the kernel does not reset the connection before the peer has read our last answer.
  boost::asio::awaitable<void> finish(bool lingering, Clock::duration limit);

 private:
  void start_read();
  void on_read(const boost::system::error_code& ec, std::size_t n);
  void arm_guard(Clock::duration timeout);
  void disarm_guard();

  Transport transport_;
  const Clock::duration write_timeout_;
  boost::asio::steady_timer wake_;
  boost::asio::steady_timer guard_;  // closes the socket when a step takes too long
  std::size_t guard_generation_ = 0;
  std::array<char, 16 << 10> scratch_{};
  std::string input_;
  std::size_t consumed_ = 0;
  std::size_t received_ = 0;
  bool reading_ = false;
  bool interrupted_ = false;
  bool peer_gone_ = false;
  bool closed_ = false;
  std::function<void()> on_gone_;
};

}  // namespace sluice::http
