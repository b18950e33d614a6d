#include "query/cli/tail_state.h"

namespace sluice::query::cli {

std::vector<LogLine> TailState::accept(std::vector<LogLine> lines) {
  sort_lines(lines, true);
  std::vector<LogLine> fresh;
  for (auto& line : lines) {
    const auto it = pending_.find(line);
    if (it != pending_.end() && it->second > 0) {
      --it->second;
      continue;
    }
    if (!last_ || line.timestamp > *last_) {
      last_ = line.timestamp;
      at_last_.clear();
      pending_.clear();
    }
    if (line.timestamp == *last_) ++at_last_[line];
    fresh.push_back(std::move(line));
  }
  return fresh;
}

}  // namespace sluice::query::cli
