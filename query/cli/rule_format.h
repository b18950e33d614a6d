// Tables of rules and alerts, from the shapes of Prometheus' /api/v1/rules and /api/v1/alerts;
// pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/types/time.h"

namespace sluice::query::cli {

// Those of one state, or all if it is empty.
nlohmann::json select_alerts(const nlohmann::json& alerts, const std::string& state);
std::string format_alerts(const nlohmann::json& alerts, Timestamp now, bool color);
std::string format_rules(const nlohmann::json& data, bool color);

}  // namespace sluice::query::cli
