// GiveUp: stops what is running when a time has passed, or when somebody else stops it. The time is
// the machine's: nothing comes while a connection is silent.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace sluice::query::cli {

class GiveUp {
 public:
  // Nothing: never of itself.
  GiveUp(std::stop_token other, std::optional<std::chrono::nanoseconds> after);

  std::stop_token token() const { return stop_.get_token(); }
  bool timed_out() const { return timed_out_; }

 private:
  void wait(const std::stop_token& end, std::chrono::nanoseconds time);

  struct Stop {
    std::stop_source& source;
    void operator()() const { source.request_stop(); }
  };
  std::stop_source stop_;
  std::stop_callback<Stop> other_;
  std::atomic<bool> timed_out_{false};
  std::jthread timer_;  // last: it ends first
};

}  // namespace sluice::query::cli
