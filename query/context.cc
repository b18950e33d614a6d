#include "query/context.h"

#include <algorithm>

namespace sluice::query {

QueryContext::~QueryContext() {
  if (limits_.together) limits_.together->account(-held_.load());
}

Result<void> QueryContext::check() const {
  if (cancel_.stop_requested())
    return Error{ErrorCode::cancelled,
                 "query cancelled: the client went away or the deadline passed"};
  const auto deadline = deadline_.load(std::memory_order_relaxed);
  if (deadline != std::chrono::steady_clock::time_point::max() &&
      std::chrono::steady_clock::now() >= deadline)
    return Error{ErrorCode::timeout, "query timed out in expression evaluation"};
  if (limits_.max_bytes_read != 0 && stats_.bytes_read.load() > limits_.max_bytes_read)
    return invalid_argument(
        "the query would read too many bytes (query: " + std::to_string(stats_.bytes_read.load()) +
        "B, limit: " + std::to_string(limits_.max_bytes_read) +
        "B); consider adding more specific stream selectors or reduce the time range of the query");
  return {};
}

Result<void> QueryContext::charge(std::int64_t bytes) {
  const auto mib = [](std::size_t n) { return std::to_string(n >> 20) + " MiB"; };
  const auto held = held_.fetch_add(bytes) + bytes;
  const bool room = !limits_.together || limits_.together->account(bytes);
  if (bytes <= 0) return {};
  for (auto peak = peak_.load(); held > peak && !peak_.compare_exchange_weak(peak, held);) continue;
  if (held > static_cast<std::int64_t>(limits_.max_memory_bytes)) {
    over_budget_ = true;
    return Error{ErrorCode::limit_exceeded, "query needs more than its memory budget of " +
                                                mib(limits_.max_memory_bytes) +
                                                "; narrow the selector or the time range"};
  }
  if (!room)
    return Error{ErrorCode::unavailable, "all running queries together need more memory than " +
                                             mib(limits_.together->limit()) + "; try again later"};
  return {};
}

void QueryContext::warn(std::string text) {
  const std::lock_guard lock(mutex_);
  if (std::find(warnings_.begin(), warnings_.end(), text) == warnings_.end())
    warnings_.push_back(std::move(text));
}

std::vector<std::string> QueryContext::warnings() const {
  const std::lock_guard lock(mutex_);
  return warnings_;
}

}  // namespace sluice::query
