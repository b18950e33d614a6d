// The functions of LogQL's range aggregations, as a table: a function is one line in it.
#pragma once

#include <span>
#include <string_view>
#include <utility>

#include "query/engine/log_window.h"

namespace sluice::query {

using TimedValue = std::pair<Timestamp, double>;

struct LogFunction {
  std::string_view name;
  bool bytes = false;         // without unwrap a line counts its bytes, else 1
  bool absent = false;        // absent_over_time: all lines form one series, then inverted
  bool keep_samples = false;  // needs every sample, not their aggregate
  // One of the two. `seconds` is the range.
  double (*of_aggregate)(const Aggregate& window, double seconds) = nullptr;
  double (*of_samples)(std::span<const TimedValue> window, double parameter,
                       double seconds) = nullptr;
};

// Null if there is none of that name.
const LogFunction* find_log_function(std::string_view name);

}  // namespace sluice::query
