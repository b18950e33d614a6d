// Engine::scan: every line that passes a pipeline, judged on labels and columns where these tell
// (log_pushdown.h), so that a visitor who needs few lines has few lines rebuilt.

#include <algorithm>

#include "query/engine/batch_filter.h"
#include "query/engine/engine.h"
#include "query/engine/per_metadata.h"
#include "query/logql/pipeline.h"

namespace sluice::query {

namespace {

using logql::Pipeline;

bool changes_lines(const Stage& stage) {
  return std::holds_alternative<LineFormatStage>(stage) ||
         std::holds_alternative<DecolorizeStage>(stage) ||
         std::holds_alternative<UnpackStage>(stage);
}

class LogScanner {
 public:
  LogScanner(Pipeline pipeline, const LogPushdown& pushdown, QueryContext& context, bool changes,
             const RowVisitor& visit)
      : changes_(changes),
        pipeline_(std::move(pipeline)),
        pushdown_(pushdown),
        filter_(pushdown),
        context_(context),
        visit_(visit) {}

  Result<void> read(LogCursor& cursor) {
    while (!done_) {
      SLUICE_CHECK(context_.check());
      SLUICE_TRY(const LogBatch* batch, cursor.next());
      if (batch == nullptr) return {};
      SLUICE_CHECK(take(*batch));
    }
    return {};
  }

 private:
  static const LabelSet* metadata_of(const LogBatch& batch, std::size_t row) {
    return batch.metadata.empty() ? nullptr : batch.metadata[row];
  }

  // Rows that pass, by what is said of each.
  template <class Passes>
  Result<void> each_row(const LogBatch& batch, Passes passes) {
    for (std::size_t row = batch.size(); row-- > 0 && !done_;) {
      if (row % rows_between_checks == 0) SLUICE_CHECK(context_.check());
      SLUICE_TRY(const bool passed, passes(row));
      if (!passed) continue;
      ++context_.stats().lines_kept;
      SLUICE_TRY(const bool more, changes_ ? visit_changed(batch, row) : visit_(batch, row));
      done_ = !more;
    }
    return {};
  }

  // The row with the line that the stages made of it; the store's shapes say nothing of that.
  Result<bool> visit_changed(const LogBatch& batch, std::size_t row) {
    const std::string_view line = pipeline_.line();
    const LabelSet* const metadata = metadata_of(batch, row);
    LogBatch one;
    one.labels = batch.labels;
    one.stream = batch.stream;
    one.timestamps = batch.timestamps.subspan(row, 1);
    one.lines = std::span(&line, 1);
    one.metadata = std::span(&metadata, 1);
    return visit_(one, 0);
  }

  Result<void> take(const LogBatch& batch) {
    if (pipeline_.trivial())
      return each_row(batch, [](std::size_t) -> Result<bool> { return true; });
    pipeline_.bind(*batch.labels);
    if (pushdown_.labels_only()) return take_by_labels(batch);
    if (!filter_.serves(batch))
      return each_row(batch, [&](std::size_t row) { return by_line(batch, row); });
    filter_.bind(batch);
    const RowVerdicts verdicts = filter_.judge();
    if (filter_.all_dropped(verdicts)) return {};
    return each_row(batch, [&](std::size_t row) -> Result<bool> {
      const Verdict verdict = filter_.verdict(verdicts, row);
      if (verdict == Verdict::drop) return false;
      if (verdict == Verdict::pass && pushdown_.complete()) return true;
      return by_line(batch, row);
    });
  }

  Result<void> take_by_labels(const LogBatch& batch) {
    per_metadata_.clear();
    return each_row(batch, [&](std::size_t row) -> Result<bool> {
      const LabelSet* const metadata = metadata_of(batch, row);
      SLUICE_TRY(const bool* passes, per_metadata_.of(metadata, [&]() -> Result<bool> {
        return pipeline_.run({}, {}, metadata);
      }));
      return *passes;
    });
  }

  Result<bool> by_line(const LogBatch& batch, std::size_t row) {
    SLUICE_TRY(const std::string_view line, line_of(batch, row));
    return pipeline_.run(batch.timestamps[row], line, metadata_of(batch, row));
  }

  const bool changes_;
  Pipeline pipeline_;
  const LogPushdown& pushdown_;
  BatchFilter filter_;
  PerMetadata<bool> per_metadata_;
  QueryContext& context_;
  const RowVisitor& visit_;
  bool done_ = false;
};

// What pipeline and visitor look at.
LogProjection projection_of(const LogPushdown& pushdown, const RowScan& scan) {
  LogProjection projection = pushdown.projection();
  projection.lines = LogProjection::Lines::on_demand;
  projection.shapes = scan.shapes;
  if (projection.metadata)
    projection.metadata->insert(projection.metadata->end(), scan.metadata.begin(),
                                scan.metadata.end());
  return projection;
}

}  // namespace

Result<void> Engine::scan(const LogQuery& query, const RowScan& scan, QueryContext& context,
                          const RowVisitor& visit) const {
  if (scan.range.start >= scan.range.end) return {};
  if (logql::mentions_level(query)) context.ask_for_levels();
  auto split = logql::split_filters(query.pipeline);
  SLUICE_TRY(auto pipeline, Pipeline::compile(split.rest));
  if (context.detect_levels()) pipeline.detect_levels();
  const LogPushdown pushdown(
      split.rest, {.labels = std::vector<std::string>(), .levels = context.detect_levels()});
  pipeline.labels().want_only(pushdown.wanted());
  const LogSelect select{scan.tenant,         query.matchers,
                         scan.range,          std::move(split.filters),
                         Direction::backward, projection_of(pushdown, scan)};
  SLUICE_TRY(auto cursor, logs_.select(select, context));
  const bool changes = std::any_of(split.rest.begin(), split.rest.end(), changes_lines);
  return LogScanner(std::move(pipeline), pushdown, context, changes, visit).read(*cursor);
}

}  // namespace sluice::query
