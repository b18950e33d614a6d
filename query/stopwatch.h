// Stopwatch: adds the time it lives to a counter of nanoseconds.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace sluice::query {

class Stopwatch {
 public:
  explicit Stopwatch(std::atomic<std::uint64_t>& total) : total_(total) {}
  ~Stopwatch() {
    const auto took = std::chrono::steady_clock::now() - began_;
    total_ += static_cast<std::uint64_t>(std::chrono::nanoseconds(took).count());
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  std::atomic<std::uint64_t>& total_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace sluice::query
