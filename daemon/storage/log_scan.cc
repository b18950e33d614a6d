#include "daemon/storage/log_scan.h"

#include <algorithm>
#include <unordered_set>

#include "daemon/storage/log_plan.h"
#include "daemon/storage/stored_units.h"

namespace sluice::storage {

namespace {

class StoredScan : public query::LogScan {
 public:
  StoredScan(const LogReading& from, LogView view, const query::LogSelect& select,
             query::QueryContext& context)
      : plan_{from, std::move(view), select, context, {}, {}, {}} {
    auto& stats = context.stats();
    for (const PartPtr& part : *plan_.view.parts)
      stats.parts.add(part->id, select.range.overlaps(part->summary.first, part->summary.last));
    plan_.scans = plan_parts(
        from.parts, plan_.view, select.matchers, select.range,
        [this](const Error& error) { plan_.skip_damage(error); }, &stats.bytes_read);
    HeadMatcher head_matcher(plan_.select.matchers);
    plan_.pieces =
        plan_pieces(plan_.scans, plan_.view, head_matcher, select.range, select.direction, stats);
    plan_.units = cut_units(plan_.pieces);
  }

  std::size_t units() const override { return plan_.units.size() - 1; }
  std::unique_ptr<query::LogUnits> reader() override {
    return std::make_unique<StoredUnits>(plan_);
  }

 private:
  ScanPlan plan_;
};

struct LabelsHash {
  std::size_t operator()(const LabelSet& labels) const { return labels.hash(); }
};

}  // namespace

std::unique_ptr<query::LogScan> make_log_scan(const LogReading& from, LogView view,
                                              const query::LogSelect& select,
                                              query::QueryContext& context) {
  return std::make_unique<StoredScan>(from, std::move(view), select, context);
}

std::vector<LabelSet> streams_of(const Database& database, PartCache& cache, const LogView& view,
                                 const std::vector<query::LabelMatcher>& matchers,
                                 TimeRange range) {
  std::unordered_set<LabelSet, LabelsHash> found;
  const auto scans = plan_parts(cache, view, matchers, range, [&](const Error& error) {
    if (error.code != ErrorCode::not_found) database.report_corrupt(error);
  });
  for (const auto& scan : scans)
    for (const auto& group : scan->directory->groups)
      for (const Run& run : group.runs)
        if (scan->wanted[run.stream] && range.overlaps(run.first, run.last) &&
            !(view.tombstones && view.tombstones->hides_all(scan->directory->streams[run.stream],
                                                            run.first, run.last, scan->part->id)))
          found.insert(scan->directory->streams[run.stream]);
  HeadMatcher head_matcher(matchers);
  for (const auto& batch : view.head)
    for (const HeadRun& run : batch->runs())
      if (range.overlaps(run.first(), run.last()) && head_matcher.wants(*run.labels))
        found.insert(*run.labels);
  std::vector<LabelSet> streams(found.begin(), found.end());
  std::sort(streams.begin(), streams.end());
  return streams;
}

}  // namespace sluice::storage
