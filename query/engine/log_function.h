// The functions of LogQL's range aggregations, as a table: a function is one line in it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "query/engine/log_window.h"

namespace sluice::query {

using TimedValue = std::pair<Timestamp, double>;

// What of a window's samples a function looks at.
enum class LogFunctionInput : std::uint8_t {
  total,      // count and sum
  aggregate,  // all of the Aggregate
  samples,    // every one
};

struct LogFunction {
  std::string_view name;
  LogFunctionInput input = LogFunctionInput::aggregate;
  bool bytes = false;   // without unwrap a line counts its bytes, else 1
  bool absent = false;  // absent_over_time: all lines form one series, then inverted
  // One of the two. `seconds` is the range.
  double (*of_aggregate)(const Aggregate& window, double seconds) = nullptr;
  double (*of_samples)(std::span<const TimedValue> window, double parameter,
                       double seconds) = nullptr;
};

// Null if there is none of that name.
const LogFunction* find_log_function(std::string_view name);

}  // namespace sluice::query
