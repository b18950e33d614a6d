// Waiting for a gate: polls its document until it is done, tells progress, survives a server that
// is away for a while.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "query/cli/command.h"

namespace sluice::query::cli {

struct GateWait {
  std::string id;
  Duration give_up = std::chrono::hours(1);            // then ErrorCode::timeout
  Duration unavailable_for = std::chrono::minutes(2);  // how long the server may be unreachable
};

// The finished document.
Result<nlohmann::json> wait_for_gate(const GateWait& wait, Context& context);

}  // namespace sluice::query::cli
