// Target: one thing to scrape, after discovery and relabelling. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/scrape/config.h"

namespace sluice::scrape {

struct Target {
  LabelSet discovered;  // before relabelling
  LabelSet labels;      // what its series get: without names that begin with __
  std::string url;
  Duration interval{0};
  Duration timeout{0};
  // Of labels and url: who this is, in one process and the next.
  std::uint64_t hash = 0;
};

// What became of one discovered address.
struct TargetOutcome {
  std::optional<Target> target;  // empty: dropped by relabelling, or wrong
  LabelSet discovered;
  std::string problem;  // empty unless wrong
};

// The job's defaults, the group's labels, relabelling, checks; as Prometheus' PopulateLabels.
TargetOutcome make_target(const JobConfig& job, const Relabeler& relabel,
                          const std::string& address, const LabelSet& group);

// The first time after `now` at which a target is due: the target's hash spreads targets over the
// interval, and the times stay the same over restarts.
Timestamp next_tick(Timestamp now, std::uint64_t hash, Duration interval);

}  // namespace sluice::scrape
