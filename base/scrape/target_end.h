// The end of targets: which of their series end with them. Others may go on with a series, because
// a target moved to another job or path.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/scrape/target_loop.h"

namespace sluice::scrape {

struct EndedTarget {
  std::shared_ptr<TargetLoop> loop;
  Timestamp at{};  // of its stale markers
};

// Gives `write` one write per ended target: stale markers for its series that none of `others` has,
// and for the report about its scrapes if none of them has the same labels. Costs at most as much
// as looking once at every series of `others`, however many targets end at once.
void end_together(const std::vector<EndedTarget>& ended,
                  const std::vector<std::shared_ptr<TargetLoop>>& others,
                  const std::function<void(ScrapeWrite)>& write);

// Those of the target's labels that the job's rules leave alone on every series.
LabelSet settled_labels(const JobConfig& job, const LabelSet& target);
// Is there a label that tells them apart? Then so are all series that have them.
bool labels_conflict(const LabelSet& a, const LabelSet& b);

}  // namespace sluice::scrape
