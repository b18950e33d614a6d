// Engine::logs: the newest (or oldest) N lines that pass a pipeline, grouped by their labels.
//
// Batches of different streams overlap in time, so lines go through a heap of at most `limit`
// whose worst member is on top (best_hits.h), one per thread. Once it is full, lines that could not
// enter any more are skipped before the pipeline sees them, and the store is told the range that
// still matters. What can be judged on labels or columns is (log_pushdown.h), so that only lines
// that may stay are looked at.

#include <algorithm>
#include <limits>

#include "query/engine/batch_filter.h"
#include "query/engine/best_hits.h"
#include "query/engine/engine.h"
#include "query/engine/per_metadata.h"
#include "query/engine/read_units.h"
#include "query/logql/label_table.h"
#include "query/logql/pipeline.h"
#include "query/stopwatch.h"

namespace sluice::query {

namespace {

using logql::LabelTable;
using logql::LabelView;
using logql::Pipeline;

std::int64_t cost(const Hit& hit) {
  return static_cast<std::int64_t>(sizeof(Hit) + sizeof(LogEntry) + hit.line.size());
}

// One thread's part of a log query.
class LogReader : public UnitTaker {
 public:
  LogReader(Pipeline pipeline, const LogPushdown& pushdown, const LogLimits& limits,
            SharedBound& bound, QueryContext& context)
      : pipeline_(std::move(pipeline)),
        labels_only_(pushdown.labels_only()),
        filter_(pushdown),
        limits_(limits),
        context_(context),
        best_(limits.limit, limits.direction, bound) {}

  Result<void> start(std::size_t unit) override {
    unit_ = unit;
    order_ = 0;
    return {};
  }

  Result<void> take(const LogBatch& batch) override {
    pipeline_.bind(*batch.labels);
    if (labels_only_) {
      per_metadata_.clear();
      return each_row(batch, [&](std::size_t row) { return take_by_labels(batch, row); });
    }
    if (!filter_.serves(batch))
      return each_row(batch, [&](std::size_t row) { return take_line(batch, row); });
    filter_.bind(batch);
    const RowVerdicts verdicts = filter_.judge();
    if (filter_.all_dropped(verdicts)) return {};
    return each_row(batch, [&](std::size_t row) -> Result<void> {
      if (filter_.verdict(verdicts, row) == Verdict::drop) return {};
      return take_line(batch, row);
    });
  }

  Result<void> finish(std::size_t) override { return {}; }
  std::optional<TimeRange> open_range() override { return best_.open_range(limits_.range); }

  // Groups are numbers in groups().
  std::vector<Hit> take_hits() { return best_.take(); }
  const LabelTable& groups() const { return groups_; }

 private:
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  // The rows that may still enter, the best first.
  template <class Visit>
  Result<void> each_row(const LogBatch& batch, Visit visit) {
    const std::size_t n = batch.size();
    for (std::size_t k = 0; k < n; ++k) {
      if (k % rows_between_checks == 0) SLUICE_CHECK(context_.check());
      const std::size_t row = limits_.direction == Direction::backward ? n - 1 - k : k;
      // A batch is sorted: what follows is worse still.
      if (!best_.admits(batch.timestamps[row])) return {};
      SLUICE_CHECK(visit(row));
    }
    return {};
  }

  static const LabelSet* metadata_of(const LogBatch& batch, std::size_t row) {
    return batch.metadata.empty() ? nullptr : batch.metadata[row];
  }

  Result<void> take_line(const LogBatch& batch, std::size_t row) {
    SLUICE_TRY(const std::string_view line, line_of(batch, row));
    if (!pipeline_.run(batch.timestamps[row], line, metadata_of(batch, row))) return {};
    SLUICE_TRY(const std::size_t group, group_of_labels());
    return keep(batch.timestamps[row], group, pipeline_.line());
  }

  Result<void> take_by_labels(const LogBatch& batch, std::size_t row) {
    const LabelSet* const metadata = metadata_of(batch, row);
    SLUICE_TRY(const std::size_t* group, per_metadata_.of(metadata, [&]() -> Result<std::size_t> {
      if (!pipeline_.run({}, {}, metadata)) return none;
      return group_of_labels();
    }));
    if (*group == none) return {};
    SLUICE_TRY(const std::string_view line, line_of(batch, row));
    return keep(batch.timestamps[row], *group, line);
  }

  Result<std::size_t> group_of_labels() {
    pipeline_.labels().collect(labels_);
    bool added = false;
    const std::size_t group = groups_.intern(labels_, added);
    if (added) SLUICE_CHECK(charge_group(group));
    return group;
  }

  Result<void> keep(Timestamp timestamp, std::size_t group, std::string_view line) {
    ++context_.stats().lines_kept;
    Hit hit{timestamp, unit_, order_++, group, std::string(line)};
    SLUICE_CHECK(context_.charge(cost(hit)));
    if (const auto dropped = best_.add(std::move(hit)))
      SLUICE_CHECK(context_.charge(-cost(*dropped)));
    return {};
  }

  Result<void> charge_group(std::size_t group) {
    return context_.charge(static_cast<std::int64_t>(groups_.cost(group)));
  }

  Pipeline pipeline_;
  bool labels_only_;
  BatchFilter filter_;
  PerMetadata<std::size_t> per_metadata_;  // the group, or none
  LogLimits limits_;
  QueryContext& context_;
  BestHits best_;
  LabelTable groups_;
  std::vector<LabelView> labels_;
  std::uint64_t unit_ = 0;
  std::uint64_t order_ = 0;
};

// The best lines of all threads, grouped by their labels. What the others were charged is given
// back.
Streams merged(const UnitTakers& takers, const LogLimits& limits, QueryContext& context) {
  std::vector<Hit> hits;
  LabelTable groups;
  for (const auto& taker : takers) {
    auto& reader = static_cast<LogReader&>(*taker);
    for (Hit& hit : reader.take_hits()) {
      bool added = false;
      hit.group = groups.intern(reader.groups().at(hit.group), added);
      hits.push_back(std::move(hit));
    }
  }
  std::sort(hits.begin(), hits.end(),
            [&](const Hit& a, const Hit& b) { return is_better(a, b, limits.direction); });
  for (; hits.size() > limits.limit; hits.pop_back())
    static_cast<void>(context.charge(-cost(hits.back())));  // giving back cannot fail
  constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  Streams streams;
  std::vector<std::size_t> place(groups.size(), none);
  for (Hit& hit : hits) {
    if (place[hit.group] == none) {
      place[hit.group] = streams.size();
      streams.push_back(logql::result_stream(groups.at(hit.group)));
    }
    streams[place[hit.group]].entries.push_back({hit.timestamp, std::move(hit.line), {}});
  }
  return streams;
}

}  // namespace

Result<QueryResult> Engine::logs(const Expr& expr, const TenantId& tenant, const LogLimits& limits,
                                 QueryContext& context) const {
  const auto* query = std::get_if<LogQuery>(&expr.node);
  if (query == nullptr)
    return invalid_argument("a log query such as {app=\"web\"} is needed here, not a metric query");
  if (logql::mentions_level(*query)) context.ask_for_levels();
  auto split = logql::split_filters(query->pipeline);
  SLUICE_TRY(Pipeline compiled, Pipeline::compile(split.rest));
  if (limits.limit == 0 || limits.range.start >= limits.range.end)
    return QueryResult{Streams(), context.warnings(), {}};
  std::optional<Pipeline> first = std::move(compiled);
  const LogPushdown pushdown(split.rest, {.line = true, .levels = context.detect_levels()});
  SharedBound bound(limits.direction);
  const auto make = [&]() -> Result<std::unique_ptr<UnitTaker>> {
    SLUICE_TRY(auto pipeline,
               first ? Result<Pipeline>(std::move(*first)) : Pipeline::compile(split.rest));
    first.reset();
    if (context.detect_levels()) pipeline.detect_levels();
    return std::unique_ptr<UnitTaker>(
        std::make_unique<LogReader>(std::move(pipeline), pushdown, limits, bound, context));
  };
  const LogSelect select{tenant,           query->matchers,
                         limits.range,     std::move(split.filters),
                         limits.direction, pushdown.projection()};
  UnitTakers takers;
  const auto read = [&]() -> Result<void> {
    const Stopwatch watch(context.stats().scan_ns);
    SLUICE_TRY(const auto scan, logs_.scan(select, context));
    return read_units(*scan, make, context, takers);
  };
  auto done = read();
  // Past the memory budget the result is partial and says so: lines are worth having without the
  // others, which a sum is not.
  if (!done && done.error().code != ErrorCode::limit_exceeded) return std::move(done).error();
  if (!done) context.warn("the result is partial: " + done.error().message);
  auto streams = merged(takers, limits, context);
  return QueryResult{std::move(streams), context.warnings(), {}};
}

}  // namespace sluice::query
