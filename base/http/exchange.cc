#include "base/http/exchange.h"

#include <chrono>
#include <exception>

#include "base/http/content_encoding.h"
#include "base/telemetry/log.h"

namespace sluice::http {

namespace {

using Job = std::function<void()>;

bool run_on(ServerContext& context, Pool pool, Job job) {
  switch (pool) {
    case Pool::inline_: job(); return true;
    case Pool::commit: return context.runtime.commit_pool().submit(std::move(job));
    case Pool::query: return context.runtime.query_pool().submit(std::move(job));
  }
  return false;
}

// Runs `work` on the route's pool and `done` after it.
bool start(ServerContext& context, Pool pool, Job work, Job done) {
  return run_on(context, pool, [work = std::move(work), done = std::move(done)] {
    work();
    done();
  });
}

Response internal_error(const Request& request, std::string_view what) {
  log_error("handler threw", {{"target", request.target}, {"error", what}});
  return error_response({ErrorCode::internal, "internal error; the server's log says more"});
}

template <class Work>
Response guarded(const Request& request, Work work) {
  try {
    return work();
  } catch (const std::exception& e) {
    return internal_error(request, e.what());
  } catch (...) {
    return internal_error(request, "not a std::exception");
  }
}

// The body as the handler wants it: plain, within the route's limit and the server's budget.
Result<void> prepare_body(Exchange& exchange) {
  Request& request = exchange.plan.request;
  request.content_encoding = request.headers.get("Content-Encoding");
  const std::size_t limit = exchange.plan.route->options.max_body;
  SLUICE_CHECK(decode_content(request.headers, request.body, limit));
  if (!exchange.hold.grow_to(request.body.size())) {
    return Error{ErrorCode::limit_exceeded, "too many request bytes in flight"};
  }
  add_form_parameters(request);
  return {};
}

void handle(Exchange& exchange) {
  Request& request = exchange.plan.request;
  exchange.response = guarded(request, [&] {
    if (auto ready = prepare_body(exchange); !ready) return error_response(ready.error());
    Response response = exchange.plan.route->handler(request);
    encode_content(response, request.headers.get("Accept-Encoding"));
    return response;
  });
  if (exchange.response.stream) return;  // it may refer to the request
  request.body = {};
  exchange.hold.release();
}

void pull(Exchange& exchange) {
  try {
    exchange.pulled = exchange.response.stream();
  } catch (const std::exception& e) {
    log_error("response stream threw",
              {{"target", exchange.plan.request.target}, {"error", e.what()}});
    exchange.pulled = Error{ErrorCode::internal, e.what()};
  }
}

void upgrade(Exchange& exchange) {
  Request& request = exchange.plan.request;
  exchange.response = guarded(request, [&] {
    auto accepted = exchange.plan.route->websocket(request, exchange.socket);
    if (!accepted) return error_response(accepted.error());
    exchange.on_socket_closed = std::move(*accepted);
    Response response;
    response.status = 101;
    return response;
  });
}

}  // namespace

bool run_handler(const std::shared_ptr<ServerContext>& context, std::shared_ptr<Exchange> exchange,
                 std::function<void()> done) {
  const Pool pool = exchange->plan.route->options.pool;
  const auto arrived = std::chrono::steady_clock::now();
  return start(
      *context, pool,
      [exchange = std::move(exchange), arrived] {
        exchange->plan.request.queued = std::chrono::steady_clock::now() - arrived;
        handle(*exchange);
      },
      std::move(done));
}

bool run_pull(const std::shared_ptr<ServerContext>& context, std::shared_ptr<Exchange> exchange,
              std::function<void()> done) {
  const Pool pool = exchange->plan.route->options.pool;
  return start(
      *context, pool, [exchange = std::move(exchange)] { pull(*exchange); }, std::move(done));
}

bool run_upgrade(const std::shared_ptr<ServerContext>& context, std::shared_ptr<Exchange> exchange,
                 std::function<void()> done) {
  const Pool pool = exchange->plan.route->options.pool;
  return start(
      *context, pool, [exchange = std::move(exchange)] { upgrade(*exchange); }, std::move(done));
}

Response pool_full() {
  return error_response({ErrorCode::limit_exceeded, "too many requests are waiting; retry later"});
}

Response budget_full() {
  return error_response({ErrorCode::limit_exceeded, "too many request bytes in flight"});
}

Response deadline_passed() {
  return error_response({ErrorCode::timeout, "the deadline passed"});
}

void run_socket_closed(const std::shared_ptr<ServerContext>& context,
                       std::shared_ptr<Exchange> exchange) {
  if (!exchange->on_socket_closed) return;
  const Pool pool = exchange->plan.route->options.pool;
  const Job notify = [exchange] {
    guarded(exchange->plan.request, [&] {
      exchange->on_socket_closed();
      return Response{};
    });
  };
  // A full pool must not lose the message: the feed would run on for nobody.
  if (!start(*context, pool, notify, [] {})) notify();
}

}  // namespace sluice::http
