// TailState: which lines of a followed query are new, over reconnections; pure.
//
// After a reconnect the server is asked from the last timestamp on (inclusive, as several lines
// may share it), and what was printed with that timestamp is dropped.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "query/cli/log_line.h"

namespace sluice::query::cli {

class TailState {
 public:
  // Where a new connection should start; nothing before the first line.
  std::optional<Timestamp> resume_from() const { return last_; }
  void reconnected() { pending_ = at_last_; }

  // The lines of one message that have not been given yet, in time order.
  std::vector<LogLine> accept(std::vector<LogLine> lines);

 private:
  std::optional<Timestamp> last_;             // greatest timestamp given
  std::map<LogLine, std::uint64_t> at_last_;  // lines given with it, how often
  std::map<LogLine, std::uint64_t> pending_;  // of those, not yet seen again since a reconnect
};

}  // namespace sluice::query::cli
