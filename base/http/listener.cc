// The Server: binds, accepts, keeps the register of connections, drains.
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <map>
#include <mutex>

#include "base/http/address.h"
#include "base/http/connection.h"
#include "base/http/server_context.h"
#include "base/runtime/task_group.h"
#include "base/telemetry/log.h"

namespace sluice::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// How long to wait when the process is out of descriptors, before accepting again.
constexpr std::chrono::milliseconds accept_pause{100};
// Connections over the limit that are told so at the same time; more are closed without a word.
constexpr std::size_t max_turned_away = 64;
// How often a drain past its deadline cuts again what came in between.
constexpr std::chrono::milliseconds cut_interval{200};

class TcpServer : public Server {
 public:
  TcpServer(IoRuntime& runtime, const Router& router, Metrics& metrics, ServerOptions options)
      : context_(std::make_shared<ServerContext>(runtime, router, metrics, std::move(options))),
        strand_(asio::make_strand(runtime.context())),
        acceptor_(strand_) {}

  ~TcpServer() override {
    drain(std::chrono::milliseconds{0});
    // Handlers and what they return refer to the router, the metrics and what is behind them, which
    // may die after us.
    context_->exchanges.wait();
  }

  Result<void> start() override {
    SLUICE_CHECK(reload(context_->options.auth, context_->options.tls));
    SLUICE_CHECK(bind_acceptor());
    accepting_ = true;
    group_.spawn(strand_, accept_loop());
    return {};
  }

  std::uint16_t port() const override { return port_; }

  Result<std::function<void()>> prepare_reload(const AuthOptions& auth,
                                               const TlsServerOptions& tls) override {
    SLUICE_TRY(auto authenticator, Authenticator::load(auth));
    SLUICE_TRY(auto tls_context, make_server_tls(tls));
    Security security{std::make_shared<const Authenticator>(std::move(authenticator)),
                      std::move(tls_context)};
    return std::function<void()>([this, security] { context_->set_security(security); });
  }

  void drain(std::chrono::milliseconds deadline) override {
    const auto until = std::chrono::steady_clock::now() + deadline;
    context_->draining = true;
    // A task of the group: the accept loop may end before it ran, and must not be all we wait for.
    if (accepting_.exchange(false)) group_.spawn(strand_, close_acceptor());
    for_each_connection(&Connection::drain);
    if (group_.wait_until(until)) return;
    if (deadline.count() > 0) {
      log_warn("cutting connections at the drain's deadline", {{"count", group_.size()}});
    }
    do {
      for_each_connection(&Connection::cut);
    } while (!group_.wait_until(std::chrono::steady_clock::now() + cut_interval));
  }

 private:
  Result<void> bind_acceptor() {
    SLUICE_TRY(const tcp::endpoint endpoint, parse_listen_address(context_->options.listen));
    error_code ec;
    acceptor_.open(endpoint.protocol(), ec);
    if (!ec) acceptor_.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec) acceptor_.bind(endpoint, ec);
    if (!ec) acceptor_.listen(tcp::acceptor::max_listen_connections, ec);
    if (ec) {
      return Error{ErrorCode::io, "listening on " + context_->options.listen + ": " + ec.message()};
    }
    port_ = acceptor_.local_endpoint().port();
    return {};
  }

  asio::awaitable<void> close_acceptor() {
    error_code ec;
    acceptor_.close(ec);  // the descriptor is gone whatever close() says
    co_return;
  }

  asio::awaitable<void> accept_loop() {
    while (!context_->draining) {
      tcp::socket socket(asio::make_strand(context_->runtime.context()));
      error_code ec;
      co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, ec));
      if (context_->draining) co_return;
      if (ec) {
        co_await pause(ec);
      } else {
        admit(std::move(socket));
      }
    }
  }

  asio::awaitable<void> pause(const error_code& why) {
    log_warn("accepting a connection failed", {{"error", why.message()}});
    asio::steady_timer timer(strand_, accept_pause);
    error_code ec;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  }

  void admit(tcp::socket socket) {
    error_code ec;
    socket.set_option(tcp::no_delay(true), ec);  // a failure costs latency only
    const auto executor = socket.get_executor();
    auto connection = std::make_shared<Connection>(context_, std::move(socket));
    const std::size_t open = enroll(connection);
    if (context_->draining) connection->drain();  // the drain may have looked before we enrolled
    if (open <= context_->options.max_connections) {
      group_.spawn(executor, serve(std::move(connection)));
      return;
    }
    context_->access.refused_connections.inc();
    const bool tell = open <= context_->options.max_connections + max_turned_away;
    if (tell) {
      group_.spawn(executor, turn_away(std::move(connection)));
    } else {
      strike_off(*connection);
    }
  }

  // Leaves the register when the coroutine ends, by whichever way.
  struct Membership {
    TcpServer& server;
    std::shared_ptr<Connection> connection;
    ~Membership() { server.strike_off(*connection); }
  };

  asio::awaitable<void> serve(std::shared_ptr<Connection> connection) {
    const Membership membership{*this, connection};
    co_await connection->run();
  }

  asio::awaitable<void> turn_away(std::shared_ptr<Connection> connection) {
    const Membership membership{*this, connection};
    co_await connection->turn_away();
  }

  std::size_t enroll(const std::shared_ptr<Connection>& connection) {
    const std::lock_guard lock(mutex_);
    connections_.emplace(connection.get(), connection);
    context_->access.connections.set(static_cast<double>(connections_.size()));
    return connections_.size();
  }

  void strike_off(const Connection& connection) {
    const std::lock_guard lock(mutex_);
    connections_.erase(&connection);
    context_->access.connections.set(static_cast<double>(connections_.size()));
  }

  void for_each_connection(void (Connection::*action)()) {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, connection] : connections_) ((*connection).*action)();
  }

  const std::shared_ptr<ServerContext> context_;
  asio::strand<asio::io_context::executor_type> strand_;
  tcp::acceptor acceptor_;  // used on strand_
  std::uint16_t port_ = 0;
  std::atomic<bool> accepting_{false};
  TaskGroup group_{"http"};
  std::mutex mutex_;
  std::map<const Connection*, std::shared_ptr<Connection>> connections_;  // protected by mutex_
};

}  // namespace

std::unique_ptr<Server> make_server(IoRuntime& runtime, const Router& router, Metrics& metrics,
                                    ServerOptions options) {
  return std::make_unique<TcpServer>(runtime, router, metrics, std::move(options));
}

}  // namespace sluice::http
