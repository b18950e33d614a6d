// Connection: one accepted socket, from handshake to goodbye. A coroutine on its own strand reads
// a head, plans, reads the body, runs the handler on its pool, answers, and starts over.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>

#include "base/http/exchange.h"
#include "base/http/request_parser.h"
#include "base/http/serialize.h"
#include "base/http/socket_io.h"

namespace sluice::http {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<ServerContext> context, Transport::Tcp::socket socket);

  boost::asio::awaitable<void> run();
  // Says 503 and goes: there are too many connections. Over TLS there is no saying it.
  boost::asio::awaitable<void> turn_away();
  // From any thread. drain: idle connections close now, busy ones after their answer. cut: the
  // handler is told to stop and the socket is closed, whatever it was doing.
  void drain();
  void cut();

 private:
  using Clock = SocketIo::Clock;
  enum class Outcome { finished, deadline, cut };
  // A run on a pool, as the connection waits for it; touched on the strand only. When the
  // connection gave up on an upgrade that the handler then accepts, the completion tells the feed
  // that there is no socket.
  struct Job {
    std::shared_ptr<Exchange> exchange;
    bool finished = false;
    bool abandoned = false;
  };

  // Each returns whether another request may follow on this connection.
  boost::asio::awaitable<bool> serve_one();
  boost::asio::awaitable<bool> handle(std::shared_ptr<Exchange> exchange);
  boost::asio::awaitable<bool> upgrade(std::shared_ptr<Exchange> exchange, RequestParser& parser);
  boost::asio::awaitable<bool> respond(const Plan& plan, const Response& response);
  boost::asio::awaitable<bool> refuse(const Plan& plan, const Response& response);

  boost::asio::awaitable<std::optional<RequestHead>> read_head(RequestParser& parser);
  boost::asio::awaitable<bool> read_body(RequestParser& parser, Exchange& exchange);
  boost::asio::awaitable<bool> send_stream(std::shared_ptr<Exchange> exchange,
                                           Clock::time_point deadline, std::size_t& sent);
  boost::asio::awaitable<bool> pull(const std::shared_ptr<Exchange>& exchange,
                                    Clock::time_point deadline);
  boost::asio::awaitable<Outcome> await_job(const Job& job, Clock::time_point deadline);
  boost::asio::awaitable<void> open_socket(std::shared_ptr<Exchange> exchange,
                                           RequestParser& parser);

  std::shared_ptr<Job> make_job(std::shared_ptr<Exchange> exchange);
  std::function<void()> completion(std::shared_ptr<Job> job);
  Framing framing(const Plan& plan) const;
  void record(const Plan& plan, int status, std::size_t bytes_out);

  const std::shared_ptr<ServerContext> context_;
  const std::shared_ptr<SocketIo> io_;
  const std::string remote_;
  boost::asio::steady_timer socket_wake_;  // of the WebSocket's writer
  std::shared_ptr<Exchange> active_;
  Clock::time_point started_{};            // of the current request
  std::size_t bytes_in_ = 0;               // body of the current request
  bool first_ = true;
  bool linger_ = false;
  // For answers to what never became a request. A member, and every response a named local,
  // because GCC 12 destroys some temporaries in co_await expressions twice (GCC bug 104031).
  const Plan unplanned_;
};

}  // namespace sluice::http
