#include "base/http/connection.h"

#include <boost/asio/post.hpp>

#include "base/telemetry/log.h"

namespace sluice::http {

namespace asio = boost::asio;

namespace {

// How long a refused client may go on sending before it must have read the refusal.
constexpr std::chrono::seconds linger_limit{5};
constexpr std::chrono::seconds goodbye_limit{1};
std::string address_of(const Transport::Tcp::socket& socket) {
  boost::system::error_code ec;
  const auto endpoint = socket.remote_endpoint(ec);
  if (ec) return "unknown";
  const std::string host = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + host + "]:" + port : host + ":" + port;
}

}  // namespace

Connection::Connection(std::shared_ptr<ServerContext> context, Transport::Tcp::socket socket)
    : context_(std::move(context)),
      io_(std::make_shared<SocketIo>(std::move(socket), context_->security().tls,
                                     context_->options.write_timeout)),
      remote_(address_of(io_->transport().socket())),
      socket_wake_(io_->transport().get_executor()) {}

asio::awaitable<void> Connection::run() {
  const auto failed =
      co_await io_->handshake(asio::ssl::stream_base::server, context_->options.header_timeout);
  if (failed) {
    log_debug("TLS handshake failed", {{"remote", remote_}, {"error", failed.message()}});
    io_->close();
    co_return;
  }
  while (co_await serve_one()) first_ = false;
  co_await io_->finish(linger_, linger_ ? linger_limit : goodbye_limit);
}

void Connection::drain() {
  asio::post(io_->transport().get_executor(), [self = shared_from_this()] {
    self->io_->interrupt();
    const auto& active = self->active_;
    if (active && active->socket) active->socket->close(1001, "the server is going down");
  });
}

void Connection::cut() {
  asio::post(io_->transport().get_executor(), [self = shared_from_this()] {
    if (self->active_) self->active_->stop.request_stop();
    self->io_->close();
    self->socket_wake_.cancel();
  });
}

asio::awaitable<bool> Connection::serve_one() {
  RequestParser parser(context_->options.max_header_bytes);
  auto head = co_await read_head(parser);
  if (!head) co_return false;
  auto exchange = std::make_shared<Exchange>(context_);
  Plan& plan = exchange->plan;
  plan = plan_request(context_->router, *context_->security().authenticator, std::move(*head));
  plan.request.remote = remote_;
  plan.request.cancel = exchange->stop.get_token();
  if (plan.refusal) co_return co_await refuse(plan, *plan.refusal);
  if (plan.websocket) co_return co_await upgrade(std::move(exchange), parser);
  if (plan.has_body && !co_await read_body(parser, *exchange)) co_return false;
  co_return co_await handle(std::move(exchange));
}

asio::awaitable<std::optional<RequestHead>> Connection::read_head(RequestParser& parser) {
  const auto& options = context_->options;
  auto deadline = Clock::now() + (first_ ? options.header_timeout : options.idle_timeout);
  started_ = {};
  bytes_in_ = 0;
  while (true) {
    // Old clients end a body with an extra line break (RFC 9112 2.2).
    while (started_ == Clock::time_point{} && io_->input().starts_with("\r\n")) io_->consume(2);
    if (!io_->input().empty()) {
      if (started_ == Clock::time_point{}) {
        started_ = Clock::now();
        deadline = started_ + options.header_timeout;
      }
      auto step = parser.feed(io_->input());
      io_->consume(step.consumed);
      if (step.state == ParseState::head) co_return parser.take_head();
      if (step.state == ParseState::failed) {
        linger_ = true;
        co_await respond(unplanned_, step.refusal);
        co_return std::nullopt;
      }
    }
    const bool idle = io_->input().empty();
    const auto fill = co_await io_->fill(deadline, idle);
    if (fill == SocketIo::Fill::data) continue;
    if (fill == SocketIo::Fill::timed_out && !idle) {
      const Response late = Response::text(408, "the request head did not arrive in time\n");
      co_await respond(unplanned_, late);
    }
    co_return std::nullopt;
  }
}

asio::awaitable<bool> Connection::read_body(RequestParser& parser, Exchange& exchange) {
  Plan& plan = exchange.plan;
  parser.body_limit(plan.route->options.max_body);
  bool room = exchange.hold.grow_to(plan.content_length);
  if (room && plan.expects_continue && io_->input().empty()) {
    if (!co_await io_->write("HTTP/1.1 100 Continue\r\n\r\n")) co_return false;
  }
  const auto deadline = Clock::now() + context_->options.body_timeout;
  while (true) {
    if (!room) {
      const Response full = budget_full();
      co_return co_await refuse(plan, full);
    }
    auto step = parser.feed(io_->input());
    io_->consume(step.consumed);
    bytes_in_ = parser.body_size();
    if (step.state == ParseState::complete) break;
    if (step.state == ParseState::failed) co_return co_await refuse(plan, step.refusal);
    room = exchange.hold.grow_to(parser.body_size());
    // What the parser leaves is a chunk's head or the trailer; those have no right to be long.
    if (io_->input().size() > context_->options.max_header_bytes) {
      const Response bad =
          error_response(invalid_argument("a chunk header or trailer is too long"));
      co_return co_await refuse(plan, bad);
    }
    const auto fill = co_await io_->fill(deadline);
    if (fill == SocketIo::Fill::timed_out) {
      const Response late = Response::text(408, "the request body did not arrive in time\n");
      co_return co_await refuse(plan, late);
    }
    if (fill != SocketIo::Fill::data) co_return false;
  }
  plan.request.body = parser.take_body();
  co_return true;
}

std::shared_ptr<Connection::Job> Connection::make_job(std::shared_ptr<Exchange> exchange) {
  auto job = std::make_shared<Job>();
  job->exchange = std::move(exchange);
  return job;
}

std::function<void()> Connection::completion(std::shared_ptr<Job> job) {
  return [self = shared_from_this(), job = std::move(job)] {
    asio::post(self->io_->transport().get_executor(), [self, job] {
      job->finished = true;
      if (job->abandoned) run_socket_closed(self->context_, job->exchange);
      self->io_->notify();
    });
  };
}

asio::awaitable<Connection::Outcome> Connection::await_job(const Job& job,
                                                           Clock::time_point deadline) {
  bool in_time = true;
  while (!job.finished) {
    if (io_->closed()) co_return Outcome::cut;
    if (!in_time) co_return Outcome::deadline;
    in_time = co_await io_->pause_until(deadline);
  }
  co_return Outcome::finished;
}

asio::awaitable<bool> Connection::handle(std::shared_ptr<Exchange> exchange) {
  const Plan& plan = exchange->plan;
  const auto deadline = Clock::now() + plan.route->options.deadline;
  const auto job = make_job(exchange);
  if (!run_handler(context_, exchange, completion(job))) {
    const Response full = pool_full();
    co_return co_await respond(plan, full);
  }

  active_ = exchange;
  context_->access.in_flight.inc();
  io_->watch([exchange] { exchange->stop.request_stop(); });
  const Outcome outcome = co_await await_job(*job, deadline);
  bool go_on = false;
  if (outcome == Outcome::deadline) {
    exchange->stop.request_stop();
    const Response late = deadline_passed();
    go_on = co_await respond(plan, late);
  } else if (outcome == Outcome::finished && exchange->response.stream) {
    std::size_t sent = 0;
    go_on = co_await send_stream(exchange, deadline, sent);
    exchange->stop.request_stop();
    record(plan, exchange->response.status, sent);
  } else if (outcome == Outcome::finished) {
    go_on = co_await respond(plan, exchange->response);
  }
  io_->unwatch();
  context_->access.in_flight.dec();
  active_.reset();
  co_return go_on;
}

}  // namespace sluice::http
