// GateData: what a gate asks of the stored logs. Functions, so that gates are tested on scripts.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/types/ids.h"
#include "base/types/result.h"
#include "base/types/time.h"
#include "rules/gate/novelty.h"

namespace sluice::query {
class Engine;
}
namespace sluice::storage {
class Store;
}

namespace sluice::release {

struct GateData {
  // Lines of a log query in each slice (start + i*slice, start + (i+1)*slice], i < slices.
  std::function<Result<std::vector<double>>(const std::string& log_query, Timestamp start,
                                            Duration slice, std::size_t slices)>
      counts;
  // Adds all lines of a log query.
  std::function<Result<void>(const std::string& log_query, TimeRange range,
                             rules::PatternCounter& counter)>
      patterns;
  // Whether one of them is of this pattern.
  std::function<Result<bool>(const std::string& log_query, TimeRange range,
                             const rules::PatternCounter& counter, std::uint64_t id)>
      has_pattern;
  // The newest log entry stored, if any.
  std::function<std::optional<Timestamp>()> watermark;
};

// Over the real engine and store, both of which must outlive it.
GateData engine_gate_data(const query::Engine& engine, storage::Store& store,
                          const TenantId& tenant);

// The metric query behind `counts`, shown in the evidence.
std::string count_query(const std::string& log_query, Duration slice);

}  // namespace sluice::release
