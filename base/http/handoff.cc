#include "base/http/handoff.h"

#include "base/types/assert.h"

namespace sluice::http {

bool Handoff::full() const {
  const std::lock_guard lock(mutex_);
  return piece_.has_value();
}

void Handoff::put(std::string piece) {
  const std::lock_guard lock(mutex_);
  SLUICE_ASSERT(!piece_);
  piece_ = std::move(piece);
  changed_.notify_all();
}

void Handoff::finish(Result<ClientResponse> outcome) {
  const std::lock_guard lock(mutex_);
  outcome_ = std::move(outcome);
  changed_.notify_all();
}

std::optional<std::string> Handoff::take(const std::function<void()>& on_taken) {
  std::optional<std::string> piece;
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return piece_ || outcome_; });
    piece = std::exchange(piece_, std::nullopt);
  }
  if (piece) on_taken();
  return piece;
}

Result<ClientResponse> Handoff::outcome() {
  const std::lock_guard lock(mutex_);
  SLUICE_ASSERT(outcome_.has_value());
  return std::move(*outcome_);
}

}  // namespace sluice::http
