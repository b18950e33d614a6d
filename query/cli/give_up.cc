#include "query/cli/give_up.h"

namespace sluice::query::cli {

GiveUp::GiveUp(std::stop_token other, std::optional<std::chrono::nanoseconds> after)
    : other_(std::move(other), Stop{stop_}) {
  if (after)
    timer_ = std::jthread([this, time = *after](const std::stop_token& end) { wait(end, time); });
}

void GiveUp::wait(const std::stop_token& end, std::chrono::nanoseconds time) {
  std::mutex mutex;
  std::condition_variable_any over;
  std::unique_lock lock(mutex);
  over.wait_for(lock, end, time, [] { return false; });
  if (end.stop_requested()) return;
  timed_out_ = true;
  stop_.request_stop();
}

}  // namespace sluice::query::cli
