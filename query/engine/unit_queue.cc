#include "query/engine/unit_queue.h"

namespace sluice::query {

std::optional<std::size_t> UnitQueue::claim() {
  std::unique_lock lock(mutex_);
  moved_.wait(lock, [this] {
    return next_ >= done_.size() || failed_ != none || next_ < first_open_ + ahead_;
  });
  // Units are handed out in order, so those before one that failed are in good hands.
  if (next_ >= done_.size() || failed_ != none) return std::nullopt;
  return next_++;
}

void UnitQueue::finish(std::size_t unit) {
  const std::lock_guard lock(mutex_);
  done_[unit] = 1;
  while (first_open_ < done_.size() && done_[first_open_] != 0) ++first_open_;
  moved_.notify_all();
}

void UnitQueue::fail(std::size_t unit, Error error) {
  const std::lock_guard lock(mutex_);
  if (unit < failed_) {
    failed_ = unit;
    error_ = std::move(error);
  }
  moved_.notify_all();
}

bool UnitQueue::given_up(std::size_t unit) const {
  const std::lock_guard lock(mutex_);
  return unit > failed_;
}

Result<void> UnitQueue::outcome() const {
  const std::lock_guard lock(mutex_);
  if (failed_ != none) return error_;
  return {};
}

}  // namespace sluice::query
