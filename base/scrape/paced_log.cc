#include "base/scrape/paced_log.h"

#include "base/telemetry/log.h"

namespace sluice::scrape {

bool PacedLog::warn(Timestamp now, const std::string& error) {
  const std::lock_guard lock(mutex_);
  // A clock that was set back must not silence it.
  const bool early =
      last_ != Timestamp::min() && now >= last_ && now - last_ < std::chrono::minutes(1);
  ++unsaid_;
  if (early) return false;
  log_warn(message_, {{"error", error}, {"times", unsaid_}});
  last_ = now;
  unsaid_ = 0;
  return true;
}

}  // namespace sluice::scrape
