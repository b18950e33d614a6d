#include "query/cli/gate_wait.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "query/cli/api_client.h"
#include "query/cli/gate_format.h"
#include "query/cli/time_spec.h"

namespace sluice::query::cli {

using Json = nlohmann::json;

namespace {

// The server holds the answer this long; the request may take a little longer.
constexpr std::chrono::seconds hold{20};
constexpr std::chrono::seconds slack{20};
constexpr std::chrono::milliseconds pause_when_away{2000};

bool away(const Error& error) {
  switch (error.code) {
    case ErrorCode::unavailable:
    case ErrorCode::timeout:
    case ErrorCode::limit_exceeded:
    case ErrorCode::internal:
    case ErrorCode::no_space: return true;
    default: return false;
  }
}

class Waiter {
 public:
  Waiter(const GateWait& wait, Context& context) : wait_(wait), context_(context), api_(context) {
    api_.set_timeout(hold + slack);
    api_.set_retries(0);
  }

  Result<Json> run() {
    const Timestamp until = context_.clock.now() + wait_.give_up;
    while (!context_.stop.stop_requested()) {
      auto gate = poll(until);
      if (gate) {
        tell(*gate);
        if (gate_done(*gate)) return gate;
        away_since_.reset();
      } else if (auto over = tolerate(gate.error()); !over) {
        return over.error();
      }
      if (context_.clock.now() >= until) {
        return Error{ErrorCode::timeout, "gate " + wait_.id + " was not done in time"};
      }
    }
    return Error{ErrorCode::cancelled, "interrupted"};
  }

 private:
  Result<Json> poll(Timestamp until) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(until - context_.clock.now());
    http::Params params;
    params.add("wait",
               std::to_string(std::clamp(left, std::chrono::seconds(1), hold).count()) + "s");
    return api_.get("/api/v1/gates/" + http::percent_encode(wait_.id), params);
  }

  // An absent server may come back; anything else it says is final.
  Result<void> tolerate(const Error& error) {
    if (!away(error)) return error;
    const Timestamp now = context_.clock.now();
    if (!away_since_) {
      away_since_ = now;
      context_.err << "sluice: " << error.message << "; still waiting\n";
    }
    if (now - *away_since_ >= wait_.unavailable_for)
      return Error{ErrorCode::unavailable, error.message};
    context_.sleep(pause_when_away);
    return {};
  }

  void tell(const Json& gate) {
    std::string progress = gate_progress(gate);
    if (progress == told_ || context_.options.quiet) return;
    context_.err << format_clock(context_.clock.now()) << " " << progress << "\n" << std::flush;
    told_ = std::move(progress);
  }

  const GateWait& wait_;
  Context& context_;
  ApiClient api_;
  std::string told_;
  std::optional<Timestamp> away_since_;
};

}  // namespace

Result<Json> wait_for_gate(const GateWait& wait, Context& context) {
  return Waiter(wait, context).run();
}

}  // namespace sluice::query::cli
