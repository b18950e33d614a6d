#include "query/engine/range_reader.h"

#include <algorithm>
#include <numeric>

namespace sluice::query {

namespace {

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

}  // namespace

RangeReader::RangeReader(const RangeTask& task, logql::Pipeline pipeline, QueryContext& context,
                         SeriesMerge& merge)
    : task_(task),
      pipeline_(std::move(pipeline)),
      context_(context),
      merge_(merge),
      filter_(task.pushdown) {}

Result<void> RangeReader::start(std::size_t) {
  if (series_) return {};
  series_ = std::make_unique<LogSeries>(task_.aggregation, task_.function, context_);
  groups_.emplace(*series_);
  return {};
}

Result<void> RangeReader::finish(std::size_t unit) {
  if (!merge_.in_order()) return {};
  groups_.reset();
  return merge_.add(unit, std::move(series_));
}

Result<void> RangeReader::take(const LogBatch& batch) {
  pipeline_.bind(*batch.labels);
  if (task_.pushdown.labels_only()) return take_labels(batch);
  return filter_.serves(batch) ? take_columns(batch) : take_lines(batch);
}

Result<void> RangeReader::take_labels(const LogBatch& batch) {
  per_metadata_.clear();
  const auto at = [&](std::size_t row) {
    return batch.metadata.empty() ? nullptr : batch.metadata[row];
  };
  for (std::size_t begin = 0, end = 0; begin < batch.size(); begin = end) {
    const LabelSet* const metadata = at(begin);
    while (end < batch.size() && at(end) == metadata)
      end = batch.metadata.empty() ? batch.size() : end + 1;
    SLUICE_TRY(const MaybeAddition* addition,
               per_metadata_.of(metadata, [&] { return of_labels(metadata); }));
    if (*addition) SLUICE_CHECK(add_stretch(batch, begin, end, **addition));
  }
  return {};
}

Result<RangeReader::MaybeAddition> RangeReader::of_labels(const LabelSet* metadata) {
  if (!pipeline_.run({}, {}, metadata)) return MaybeAddition();
  return of_line();
}

// Rows [begin, end), window by window.
Result<void> RangeReader::add_stretch(const LogBatch& batch, std::size_t begin, std::size_t end,
                                      const Addition& addition) {
  const Timestamp* const times = batch.timestamps.data();
  const bool bytes = task_.function.bytes && !task_.aggregation.unwrap;
  const bool totals = task_.function.input == LogFunctionInput::total &&
                      !task_.aggregation.unwrap && (!bytes || !batch.sizes.empty());
  while (begin < end) {
    const auto& span = span_at(times[begin]);
    const auto after = std::upper_bound(times + begin, times + end, stretch_.last);
    const auto next = static_cast<std::size_t>(after - times);
    if (span && totals) SLUICE_CHECK(add_totals(batch, begin, next, addition.series));
    for (std::size_t row = begin; span && !totals && row < next; ++row) {
      if (row % rows_between_checks == 0) SLUICE_CHECK(context_.check());
      SLUICE_TRY(const double value, bytes ? bytes_of(batch, row) : Result<double>(addition.value));
      SLUICE_CHECK(series_->add(addition.series, *span, times[row], value));
    }
    begin = next;
  }
  return {};
}

// All rows at once: integers, so no order of adding gives another sum.
Result<void> RangeReader::add_totals(const LogBatch& batch, std::size_t begin, std::size_t end,
                                     std::size_t series) {
  const auto sum = [&](std::span<const std::uint64_t> column) {
    const auto rows = column.subspan(begin, end - begin);
    return std::accumulate(rows.begin(), rows.end(), std::uint64_t{0});
  };
  const std::uint64_t entries = batch.counts.empty() ? end - begin : sum(batch.counts);
  const std::uint64_t values = task_.function.bytes ? sum(batch.sizes) : entries;
  return series_->add_total(series, *stretch_.span, static_cast<double>(entries),
                            static_cast<double>(values));
}

Result<double> RangeReader::bytes_of(const LogBatch& batch, std::size_t row) {
  if (!batch.sizes.empty()) return static_cast<double>(batch.sizes[row]);
  SLUICE_TRY(const std::string_view line, line_of(batch, row));
  return static_cast<double>(line.size());
}

Result<void> RangeReader::take_lines(const LogBatch& batch) {
  for (std::size_t row = 0; row < batch.size(); ++row) {
    if (row % rows_between_checks == 0) SLUICE_CHECK(context_.check());
    SLUICE_CHECK(take_line(batch, row));
  }
  return {};
}

Result<void> RangeReader::take_line(const LogBatch& batch, std::size_t row) {
  SLUICE_TRY(const std::string_view line, line_of(batch, row));
  const LabelSet* metadata = batch.metadata.empty() ? nullptr : batch.metadata[row];
  if (!pipeline_.run(batch.timestamps[row], line, metadata)) return {};
  SLUICE_TRY(const MaybeAddition addition, of_line());
  return addition ? add(*addition, batch.timestamps[row]) : Result<void>{};
}

Result<RangeReader::MaybeAddition> RangeReader::of_line() {
  const auto& unwrapped = task_.aggregation.unwrap;
  double value = task_.function.bytes ? static_cast<double>(pipeline_.line().size()) : 1;
  if (unwrapped && !unwrap(*unwrapped, value)) return MaybeAddition();
  if (pipeline_.labels().has_error()) return pipeline_error(pipeline_.labels());
  SLUICE_TRY(const std::size_t series,
             series_->index_of(pipeline_.labels(), unwrapped ? std::string_view(unwrapped->label)
                                                             : std::string_view()));
  return MaybeAddition({series, value});
}

// False: the line has no value, or a filter after unwrap dropped it.
bool RangeReader::unwrap(const Unwrap& unwrap, double& value) {
  auto& labels = pipeline_.labels();
  const auto text = labels.get(unwrap.label);
  if (!text) return false;
  const auto converted = logql::unwrap_value(unwrap.convert, *text);
  if (converted)
    value = *converted;
  else
    labels.set_error("SampleExtractionErr",
                     unwrap.label + " does not convert: \"" + std::string(*text) + "\"");
  return std::all_of(unwrap.post_filters.begin(), unwrap.post_filters.end(),
                     [&](const auto& filter) { return logql::passes(*filter, labels); });
}

const std::optional<WindowSpan>& RangeReader::span_at(Timestamp t) {
  if (t < stretch_first_ || t > stretch_.last) {
    stretch_ = task_.plan.stretch_at(t);
    stretch_first_ = t;
  }
  return stretch_.span;
}

Result<void> RangeReader::add(const Addition& addition, Timestamp t) {
  const auto& span = span_at(t);
  return span ? series_->add(addition.series, *span, t, addition.value) : Result<void>{};
}

}  // namespace sluice::query
