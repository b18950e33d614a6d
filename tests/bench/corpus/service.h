// Service: what the JSON logs of one service look like. A dozen are built in.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace sluice::bench {

// The object or fields a service adds to every line of a request.
enum class Extra { client, database, cache, queue, order, none };

struct Service {
  std::string_view name;
  bool level_first;  // some libraries write the level before the time
  Extra extra;
  double mean_latency_ms;
  std::array<std::string_view, 5> routes;    // '#' stands for a number, most used first
  std::array<std::string_view, 4> messages;  // of steps within a request
  std::array<std::string_view, 3> errors;    // '#' stands for a number
};

std::span<const Service> services();

}  // namespace sluice::bench
