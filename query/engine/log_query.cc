// Engine::logs: the newest (or oldest) N lines that pass a pipeline, grouped by their labels.
//
// Batches of different streams overlap in time, so lines go through a heap of at most `limit`
// whose worst member is on top. Once it is full, lines that could not enter any more are skipped
// before the pipeline sees them, and the cursor is told the range that still matters. What can be
// judged on labels or columns is (log_pushdown.h), so that only lines that may stay are looked at.

#include <algorithm>
#include <limits>

#include "query/engine/batch_filter.h"
#include "query/engine/engine.h"
#include "query/engine/per_metadata.h"
#include "query/logql/label_table.h"
#include "query/logql/pipeline.h"

namespace sluice::query {

namespace {

using logql::LabelTable;
using logql::LabelView;
using logql::Pipeline;

struct Hit {
  Timestamp timestamp;
  std::uint64_t order = 0;  // of arrival: among equal timestamps the earlier seen is better
  std::size_t group = 0;
  std::string line;
};

// The best `limit` hits so far.
class BestHits {
 public:
  BestHits(std::size_t limit, Direction direction) : limit_(limit), direction_(direction) {}

  bool full() const { return hits_.size() == limit_; }
  Timestamp worst() const { return hits_.front().timestamp; }
  bool admits(Timestamp t) const {
    if (!full()) return true;
    return direction_ == Direction::backward ? t > worst() : t < worst();
  }
  // What was pushed out, if anything.
  std::optional<Hit> add(Hit hit) {
    const auto better = [this](const Hit& a, const Hit& b) { return is_better(a, b); };
    std::optional<Hit> dropped;
    if (full()) {
      std::pop_heap(hits_.begin(), hits_.end(), better);
      dropped = std::move(hits_.back());
      hits_.pop_back();
    }
    hits_.push_back(std::move(hit));
    std::push_heap(hits_.begin(), hits_.end(), better);
    return dropped;
  }
  std::vector<Hit> take_sorted() {
    std::sort(hits_.begin(), hits_.end(),
              [this](const Hit& a, const Hit& b) { return is_better(a, b); });
    return std::move(hits_);
  }
  // The part of `range` from which hits can still enter.
  TimeRange open_range(TimeRange range) const {
    if (direction_ == Direction::backward)
      range.start = std::max(range.start, worst() + Duration{1});
    else
      range.end = std::min(range.end, worst());
    return range;
  }

 private:
  bool is_better(const Hit& a, const Hit& b) const {
    if (a.timestamp == b.timestamp) return a.order < b.order;
    return direction_ == Direction::backward ? a.timestamp > b.timestamp
                                             : a.timestamp < b.timestamp;
  }

  std::size_t limit_;
  Direction direction_;
  std::vector<Hit> hits_;
};

std::int64_t cost(const Hit& hit) {
  return static_cast<std::int64_t>(sizeof(Hit) + sizeof(LogEntry) + hit.line.size());
}

class LogReader {
 public:
  LogReader(Pipeline pipeline, const LogPushdown& pushdown, const LogLimits& limits,
            QueryContext& context)
      : pipeline_(std::move(pipeline)),
        labels_only_(pushdown.labels_only()),
        filter_(pushdown),
        limits_(limits),
        context_(context),
        best_(limits.limit, limits.direction) {}

  // Past the memory budget the result is partial and says so: lines are worth having without the
  // others, which a sum is not.
  Result<void> read(LogCursor& cursor) {
    auto done = read_all(cursor);
    if (done || done.error().code != ErrorCode::limit_exceeded) return done;
    context_.warn("the result is partial: " + done.error().message);
    return {};
  }

  Streams result() {
    Streams streams;
    std::vector<std::size_t> place(groups_.size(), none);
    for (auto& hit : best_.take_sorted()) {
      if (place[hit.group] == none) {
        place[hit.group] = streams.size();
        streams.push_back(logql::result_stream(groups_.at(hit.group)));
      }
      streams[place[hit.group]].entries.push_back({hit.timestamp, std::move(hit.line), {}});
    }
    return streams;
  }

 private:
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  Result<void> read_all(LogCursor& cursor) {
    while (true) {
      SLUICE_CHECK(context_.check());
      SLUICE_TRY(const LogBatch* batch, cursor.next());
      if (batch == nullptr) return {};
      SLUICE_CHECK(take(*batch));
      if (best_.full()) cursor.narrow(best_.open_range(limits_.range));
    }
  }

  Result<void> take(const LogBatch& batch) {
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

  // The rows that may still enter, the best first.
  template <class Visit>
  Result<void> each_row(const LogBatch& batch, Visit visit) {
    const std::size_t n = batch.size();
    for (std::size_t k = 0; k < n; ++k) {
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
    Hit hit{timestamp, order_++, group, std::string(line)};
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
  std::uint64_t order_ = 0;
};

}  // namespace

Result<QueryResult> Engine::logs(const Expr& expr, const TenantId& tenant, const LogLimits& limits,
                                 QueryContext& context) const {
  const auto* query = std::get_if<LogQuery>(&expr.node);
  if (query == nullptr)
    return invalid_argument("a log query such as {app=\"web\"} is needed here, not a metric query");
  if (logql::mentions_level(*query)) context.ask_for_levels();
  auto split = logql::split_filters(query->pipeline);
  SLUICE_TRY(auto pipeline, Pipeline::compile(split.rest));
  if (context.detect_levels()) pipeline.detect_levels();
  const LogPushdown pushdown(split.rest, {.line = true, .levels = context.detect_levels()});
  LogReader reader(std::move(pipeline), pushdown, limits, context);
  if (limits.limit > 0 && limits.range.start < limits.range.end) {
    const LogSelect select{tenant,           query->matchers,
                           limits.range,     std::move(split.filters),
                           limits.direction, pushdown.projection()};
    SLUICE_TRY(auto cursor, logs_.select(select, context));
    SLUICE_CHECK(reader.read(*cursor));
  }
  return QueryResult{reader.result(), context.warnings(), {}};
}

}  // namespace sluice::query
