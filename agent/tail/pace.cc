#include "agent/tail/pace.h"

#include <algorithm>

namespace sluice::agent {

std::optional<Duration> Pace::due_at(std::uint64_t unread, std::uint64_t size, bool urgent,
                                     bool final, const PaceOptions& options) const {
  if (unread == 0) return std::nullopt;
  if (!final && held_size_ == size) return std::nullopt;
  if (urgent || unread >= options.batch_bytes) return not_before_;
  const auto since = pending_since_.value_or(last_growth_);
  return std::max({not_before_, since + options.linger, last_sent_ + options.batch_age});
}

Narrowing::Verdict Narrowing::rejected(std::size_t entries) {
  if (entries > 1 && strikes_ < patience) {
    limit_ = entries / 2;
    return Verdict::smaller;
  }
  if (strikes_ < patience) ++strikes_;
  if (strikes_ >= patience) limit_ = 0;
  return Verdict::quarantine;
}

void Narrowing::accepted() {
  strikes_ = 0;
  if (limit_ != 0) limit_ = limit_ < 32'768 ? limit_ * 2 : 0;
}

}  // namespace sluice::agent
