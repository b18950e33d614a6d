// The answering half of Connection: responses, streams, upgrades.
#include <boost/asio/post.hpp>

#include "base/http/connection.h"
#include "base/http/websocket_session.h"
#include "base/telemetry/log.h"

namespace sluice::http {

namespace asio = boost::asio;

namespace {
// Between attempts to continue a streamed response while the pool's queue is full.
constexpr std::chrono::milliseconds pool_retry{20};

std::string framed(std::string piece, bool chunked) {
  return chunked ? chunk(piece) : piece;
}

}  // namespace

Framing Connection::framing(const Plan& plan) const {
  const bool keep = plan.keep_alive && !context_->draining && !io_->peer_gone() && !linger_;
  return {plan.version, plan.head_only, keep};
}

void Connection::record(const Plan& plan, int status, std::size_t bytes_out) {
  AccessRecord record;
  record.method = plan.request.method;
  record.route = plan.route != nullptr ? plan.route->pattern : "";
  record.target = plan.request.target;
  record.remote = remote_;
  record.token_name = plan.token_name;
  record.status = status;
  record.bytes_in = bytes_in_;
  record.bytes_out = bytes_out;
  if (started_ != Clock::time_point{}) record.took = Clock::now() - started_;
  context_->access.record(record);
}

asio::awaitable<bool> Connection::respond(const Plan& plan, const Response& response) {
  const Framing frame = framing(plan);
  const std::string head = serialize_head(response, frame);
  const bool with_body = !frame.head_only && body_kind(response, frame) == BodyKind::length;
  const std::string_view body = with_body ? std::string_view(response.body) : std::string_view();
  const bool sent = co_await io_->write(head, body);
  record(plan, response.status, body.size());
  co_return sent && frame.keep_alive;
}

// An answer given before the body was read. What the client is still sending cannot become the
// next request, so the connection closes, but not before the client could read the answer.
asio::awaitable<bool> Connection::refuse(const Plan& plan, const Response& response) {
  linger_ = plan.has_body;
  co_return co_await respond(plan, response);
}

asio::awaitable<void> Connection::turn_away() {
  if (io_->transport().ssl() != nullptr) {
    io_->close();
    co_return;
  }
  const Response full = error_response({ErrorCode::unavailable, "too many connections"});
  co_await respond(unplanned_, full);
  co_await io_->finish(true, std::chrono::seconds{1});
}

asio::awaitable<bool> Connection::pull(const std::shared_ptr<Exchange>& exchange,
                                       Clock::time_point deadline) {
  const auto job = make_job(exchange);
  while (!run_pull(context_, exchange, completion(job))) {
    if (io_->closed() || Clock::now() >= deadline) co_return false;
    co_await io_->pause_until(Clock::now() + pool_retry);
  }
  if (co_await await_job(*job, deadline) != Outcome::finished) co_return false;
  if (exchange->pulled.has_value()) co_return true;
  log_warn("response stream ended early", {{"target", exchange->plan.request.target},
                                           {"error", exchange->pulled.error()}});
  co_return false;
}

asio::awaitable<bool> Connection::send_stream(std::shared_ptr<Exchange> exchange,
                                              Clock::time_point deadline, std::size_t& sent) {
  const Response& response = exchange->response;
  const Framing frame = framing(exchange->plan);
  const BodyKind kind = body_kind(response, frame);
  const bool chunked = kind == BodyKind::chunked;
  const std::string head = serialize_head(response, frame);
  if (!co_await io_->write(head)) co_return false;
  if (frame.head_only || kind == BodyKind::none) co_return frame.keep_alive;

  std::string piece = response.body;
  while (true) {
    const std::string bytes = framed(piece, chunked);
    // An empty piece would be the final chunk.
    if (!piece.empty() && !co_await io_->write(bytes)) co_return false;
    sent += piece.size();
    if (!co_await pull(exchange, deadline)) co_return false;
    if (!exchange->pulled->has_value()) break;
    piece = std::move(**exchange->pulled);
  }
  if (!chunked) co_return false;
  const std::string last = chunk("");
  co_return co_await io_->write(last) && frame.keep_alive;
}

asio::awaitable<bool> Connection::upgrade(std::shared_ptr<Exchange> exchange,
                                          RequestParser& parser) {
  const Plan& plan = exchange->plan;
  const auto deadline = Clock::now() + plan.route->options.deadline;
  exchange->socket = std::make_shared<WebSocketQueue>(
      context_->options.websocket_queue, [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self) return;
        asio::post(self->io_->transport().get_executor(),
                   [self] { self->socket_wake_.cancel(); });
      });
  const auto job = make_job(exchange);
  if (!run_upgrade(context_, exchange, completion(job))) {
    const Response full = pool_full();
    co_return co_await respond(plan, full);
  }
  active_ = exchange;
  const Outcome outcome = co_await await_job(*job, deadline);
  if (outcome == Outcome::finished && exchange->response.status == 101) {
    co_await open_socket(exchange, parser);
  } else if (outcome == Outcome::finished) {
    co_await respond(plan, exchange->response);
  } else {
    job->abandoned = true;
    exchange->stop.request_stop();
    exchange->socket->mark_closed();
    const Response late = deadline_passed();
    if (outcome == Outcome::deadline) co_await respond(plan, late);
  }
  active_.reset();
  co_return false;
}

asio::awaitable<void> Connection::open_socket(std::shared_ptr<Exchange> exchange,
                                              RequestParser& parser) {
  if (context_->draining) exchange->socket->close(1001, "the server is going down");
  co_await serve_websocket(io_->transport(), parser, *exchange->socket, socket_wake_);
  exchange->socket->mark_closed();
  exchange->stop.request_stop();
  run_socket_closed(context_, exchange);
  record(exchange->plan, 101, 0);
}

}  // namespace sluice::http
