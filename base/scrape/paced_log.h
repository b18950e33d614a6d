// PacedLog: a warning that would otherwise come with every scrape. At most one line a minute says
// it, and how often it came since. Safe from any thread.
#pragma once

#include <mutex>
#include <string>

#include "base/types/time.h"

namespace sluice::scrape {

class PacedLog {
 public:
  explicit PacedLog(std::string message) : message_(std::move(message)) {}
  // True if it was logged.
  bool warn(Timestamp now, const std::string& error);

 private:
  const std::string message_;
  std::mutex mutex_;
  Timestamp last_ = Timestamp::min();  // guarded by mutex_
  std::uint64_t unsaid_ = 0;           // guarded by mutex_
};

}  // namespace sluice::scrape
