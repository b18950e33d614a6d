#include "daemon/storage/log_plan.h"

#include <algorithm>

namespace sluice::storage {

namespace {

void extend(ScanUnit& unit, Timestamp first, Timestamp last) {
  unit.first = std::min(unit.first, first);
  unit.last = std::max(unit.last, last);
}

bool has_rows(const ScanUnit& unit) {
  return unit.first <= unit.last;
}

std::unique_ptr<PartScan> judge_streams(PartPtr part,
                                        std::shared_ptr<const PartDirectory> directory,
                                        const std::vector<query::LabelMatcher>& matchers) {
  auto scan = std::make_unique<PartScan>();
  scan->wanted.reserve(directory->streams.size());
  for (const auto& labels : directory->streams)
    scan->wanted.push_back(query::matches_all(matchers, labels) ? 1 : 0);
  scan->part = std::move(part);
  scan->directory = std::move(directory);
  return scan;
}

ScanUnit group_unit(PartScan& scan, std::uint32_t group, TimeRange range,
                    query::QueryStats& stats) {
  ScanUnit unit;
  unit.scan = &scan;
  unit.group = group;
  bool has_streams = false;
  for (const Run& run : scan.directory->groups[group].runs) {
    if (!scan.wanted[run.stream]) continue;
    has_streams = true;
    if (range.overlaps(run.first, run.last)) extend(unit, run.first, run.last);
  }
  ++stats.groups;
  if (!has_streams)
    ++stats.groups_skipped_stream;
  else if (!has_rows(unit))
    ++stats.groups_skipped_time;
  return unit;
}

ScanUnit head_unit(const HeadBatch& batch, HeadMatcher& matcher, TimeRange range) {
  ScanUnit unit;
  unit.head = &batch;
  if (!range.overlaps(batch.first(), batch.last())) return unit;
  for (const HeadRun& run : batch.runs())
    if (range.overlaps(run.first(), run.last()) && matcher.wants(*run.labels))
      extend(unit, run.first(), run.last());
  return unit;
}

}  // namespace

bool HeadMatcher::wants(const LabelSet& interned) {
  const auto [it, added] = known_.try_emplace(&interned, false);
  if (added) it->second = query::matches_all(matchers_, interned);
  return it->second;
}

std::vector<std::unique_ptr<PartScan>> plan_parts(PartCache& cache, const LogView& view,
                                                  const std::vector<query::LabelMatcher>& matchers,
                                                  TimeRange range, const OnDamage& on_damage) {
  std::vector<std::unique_ptr<PartScan>> scans;
  for (const auto& part : *view.parts) {
    if (!range.overlaps(part->summary.first, part->summary.last)) continue;
    auto directory = cache.directory(*part, view.snapshot.get());
    if (directory)
      scans.push_back(judge_streams(part, std::move(*directory), matchers));
    else
      on_damage(directory.error());
  }
  return scans;
}

std::vector<ScanUnit> plan_units(const std::vector<std::unique_ptr<PartScan>>& scans,
                                 const LogView& view, HeadMatcher& head_matcher, TimeRange range,
                                 query::Direction direction, query::QueryStats& stats) {
  std::vector<ScanUnit> units;
  for (const auto& scan : scans)
    for (std::uint32_t group = 0; group < scan->directory->groups.size(); ++group)
      if (auto unit = group_unit(*scan, group, range, stats); has_rows(unit)) units.push_back(unit);
  for (const auto& batch : view.head)
    if (auto unit = head_unit(*batch, head_matcher, range); has_rows(unit)) units.push_back(unit);
  if (direction == query::Direction::backward)
    std::stable_sort(units.begin(), units.end(),
                     [](const auto& a, const auto& b) { return a.last > b.last; });
  else
    std::stable_sort(units.begin(), units.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
  return units;
}

}  // namespace sluice::storage
