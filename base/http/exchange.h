// Exchange: one request on its way through a handler, shared between the connection (which may
// give up on it) and the pool thread that runs it.
//
// Ownership alternates: while a job runs, the pool thread owns request, response and pulled; once
// the job's completion has been posted, the connection does. If the connection gave up, nobody
// looks at the outcome, and the exchange ends with the job. `stop` is shared (it is thread-safe).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/http/byte_budget.h"
#include "base/http/plan.h"
#include "base/http/server_context.h"
#include "base/http/websocket_queue.h"

namespace sluice::http {

// The server's destructor waits for the last of these.
class CountedExchange {
 public:
  explicit CountedExchange(std::shared_ptr<ServerContext> context) : context_(std::move(context)) {
    context_->exchanges.enter();
  }
  ~CountedExchange() { context_->exchanges.leave(); }
  CountedExchange(const CountedExchange&) = delete;
  CountedExchange& operator=(const CountedExchange&) = delete;

 private:
  const std::shared_ptr<ServerContext> context_;
};

struct Exchange {
  explicit Exchange(const std::shared_ptr<ServerContext>& context)
      : counted(context), hold(context->budget) {}

  CountedExchange counted;  // first, so that it goes after what a handler left in the others
  Plan plan;
  ByteBudget::Hold hold;
  std::stop_source stop;
  Response response;
  Result<std::optional<std::string>> pulled = std::optional<std::string>{};
  std::shared_ptr<WebSocketQueue> socket;   // of an upgrade
  std::function<void()> on_socket_closed;   // of an accepted upgrade
};

// Each runs on the route's pool and calls `done` from there when finished; false: the pool's
// queue is full and nothing will happen. Never throw: what a handler throws becomes a 500.
bool run_handler(const std::shared_ptr<ServerContext>& context, std::shared_ptr<Exchange> exchange,
                 std::function<void()> done);
bool run_pull(const std::shared_ptr<ServerContext>& context, std::shared_ptr<Exchange> exchange,
              std::function<void()> done);
// response.status is 101 if the handler accepted, else the refusal.
bool run_upgrade(const std::shared_ptr<ServerContext>& context, std::shared_ptr<Exchange> exchange,
                 std::function<void()> done);
// Answers to what could not be run: 429, 429, 504.
Response pool_full();
Response budget_full();
Response deadline_passed();
// Tells the feed that its socket is closed. Always happens, on some thread.
void run_socket_closed(const std::shared_ptr<ServerContext>& context,
                       std::shared_ptr<Exchange> exchange);

}  // namespace sluice::http
