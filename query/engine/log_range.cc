// eval_log_range: range aggregations over log lines, in one pass over the store's batches.

#include <algorithm>
#include <cmath>

#include "query/engine/log_function.h"
#include "query/engine/log_series.h"
#include "query/engine/log_window.h"
#include "query/logql/pipeline.h"
#include "query/logql/units.h"

namespace sluice::query {

namespace {

using logql::LabelView;
using logql::Pipeline;

std::optional<double> convert(Unwrap::Convert convert, std::string_view text) {
  switch (convert) {
    case Unwrap::Convert::number: return logql::parse_float(text);
    case Unwrap::Convert::duration: return logql::parse_duration_seconds(text);
    case Unwrap::Convert::bytes: return logql::parse_bytes(text);
  }
  return std::nullopt;
}

// A silently smaller sum would be worse than none, so one error fails the query, as in Loki.
Error pipeline_error(logql::LineLabels& labels) {
  const std::string kind(labels.value(logql::error_label));
  return {ErrorCode::invalid_argument,
          "pipeline error: '" + kind + "' (" +
              std::string(labels.value(logql::error_details_label)) + ") for stream " +
              labels.stream().to_string() +
              "; leave such lines out with | __error__=\"\" or ignore the error with " +
              "| drop __error__"};
}

class RangeReader {
 public:
  RangeReader(const LogRangeAggregation& aggregation, const LogFunction& function,
              Pipeline pipeline, const WindowPlan& plan, QueryContext& context)
      : aggregation_(aggregation),
        function_(function),
        pipeline_(std::move(pipeline)),
        plan_(plan),
        context_(context),
        series_(aggregation.grouping, function.absent, context) {}

  Result<void> read(LogCursor& cursor) {
    while (true) {
      SLUICE_CHECK(context_.check());
      SLUICE_TRY(const LogBatch* batch, cursor.next());
      if (batch == nullptr) return {};
      const bool plain = pipeline_.trivial() && !aggregation_.unwrap && batch->metadata.empty();
      SLUICE_CHECK(plain ? take_plain(*batch) : take(*batch));
    }
  }

  LogSeries& series() { return series_; }

 private:
  // Nothing looks at the labels line by line: one series for the whole batch.
  Result<void> take_plain(const LogBatch& batch) {
    pipeline_.bind(*batch.labels);
    pipeline_.labels().start(nullptr);
    SLUICE_TRY(const std::size_t index, series_.index_of(pipeline_.labels(), {}));
    for (std::size_t i = 0; i < batch.timestamps.size(); ++i)
      SLUICE_CHECK(add(index, batch.timestamps[i], line_value(batch.lines[i])));
    return {};
  }

  Result<void> take(const LogBatch& batch) {
    pipeline_.bind(*batch.labels);
    for (std::size_t i = 0; i < batch.timestamps.size(); ++i) {
      const LabelSet* metadata = batch.metadata.empty() ? nullptr : batch.metadata[i];
      if (!pipeline_.run(batch.timestamps[i], batch.lines[i], metadata)) continue;
      double value = line_value(pipeline_.line());
      std::string_view unwrapped;
      if (aggregation_.unwrap) {
        if (!unwrap(*aggregation_.unwrap, value)) continue;
        unwrapped = aggregation_.unwrap->label;
      }
      if (pipeline_.labels().has_error()) return pipeline_error(pipeline_.labels());
      SLUICE_TRY(const std::size_t index, series_.index_of(pipeline_.labels(), unwrapped));
      SLUICE_CHECK(add(index, batch.timestamps[i], value));
    }
    return {};
  }

  double line_value(std::string_view line) const {
    return function_.bytes ? static_cast<double>(line.size()) : 1;
  }

  // False: the line has no value, or a filter after unwrap dropped it.
  bool unwrap(const Unwrap& unwrap, double& value) {
    auto& labels = pipeline_.labels();
    const auto text = labels.get(unwrap.label);
    if (!text) return false;
    const auto converted = convert(unwrap.convert, *text);
    if (converted)
      value = *converted;
    else
      labels.set_error("SampleExtractionErr",
                       unwrap.label + " does not convert: \"" + std::string(*text) + "\"");
    return std::all_of(unwrap.post_filters.begin(), unwrap.post_filters.end(),
                       [&](const auto& filter) { return logql::passes(*filter, labels); });
  }

  Result<void> add(std::size_t index, Timestamp t, double value) {
    const auto span = plan_.span_of(t);
    return span ? series_.add(index, *span, t, value, function_.keep_samples) : Result<void>{};
  }

  const LogRangeAggregation& aggregation_;
  const LogFunction& function_;
  Pipeline pipeline_;
  const WindowPlan& plan_;
  QueryContext& context_;
  LogSeries series_;
};

// Which labels the result needs, if parsing may leave out the others.
std::optional<std::vector<std::string>> wanted(const LogRangeAggregation& aggregation,
                                               const LogPipeline& stages, bool absent) {
  const bool few = absent || (aggregation.grouping && !aggregation.grouping->without);
  if (!few) return std::nullopt;
  LogPipeline all = stages;
  std::vector<std::string> output;
  if (aggregation.grouping) output = aggregation.grouping->labels;
  if (aggregation.unwrap) {
    output.push_back(aggregation.unwrap->label);
    for (const auto& filter : aggregation.unwrap->post_filters)
      all.emplace_back(LabelFilterStage{filter});
  }
  return logql::wanted_labels(all, std::move(output));
}

}  // namespace

Result<GridVector> eval_log_range(const LogRangeAggregation& aggregation, const StepGrid& grid,
                                  const TenantId& tenant, LogSource& logs, QueryContext& context) {
  const LogFunction* function = find_log_function(aggregation.op);
  if (function == nullptr)
    return invalid_argument("unknown range aggregation \"" + aggregation.op + "\"");
  auto split = logql::split_filters(aggregation.query.pipeline);
  SLUICE_TRY(auto pipeline, Pipeline::compile(split.rest));
  pipeline.labels().want_only(wanted(aggregation, split.rest, function->absent));
  const WindowPlan plan(grid, aggregation.range, aggregation.offset);
  const LogSelect select{tenant, aggregation.query.matchers, plan.samples(),
                         std::move(split.filters), Direction::forward};
  SLUICE_TRY(auto cursor, logs.select(select, context));
  RangeReader reader(aggregation, *function, std::move(pipeline), plan, context);
  SLUICE_CHECK(reader.read(*cursor));
  return reader.series().evaluate(*function, aggregation, plan);
}

}  // namespace sluice::query
