#include "query/engine/histogram_notes.h"

namespace sluice::query {

std::string for_metric(std::string text, std::string_view name) {
  if (name.empty()) return text;
  text += " for metric name ";
  append_quoted(text, name);
  return text;
}

void note_operation(Evaluator& evaluator, const HistogramNotes& notes, std::string_view operation,
                    SourceSpan where) {
  const std::string during = " during " + std::string(operation);
  if (notes.reconciled)
    evaluator.info("mismatched custom buckets were reconciled" + during, where);
  if (notes.collision)
    evaluator.warn("conflicting counter resets during histogram " + std::string(operation), where);
}

void note_windows(Evaluator& evaluator, const WindowOutput& output, const LabelSet& labels,
                  SourceSpan where) {
  const std::string_view name = labels.get(metric_name_label);
  const auto of_native = [&](std::string_view what) {
    std::string text = "this native histogram metric is not a " + std::string(what) + ": ";
    append_quoted(text, name);
    evaluator.warn(text, where);
  };
  if (output.mixed)
    evaluator.warn(for_metric("encountered a mix of histograms and floats", name), where);
  if (output.mixed_schemas)
    evaluator.warn(for_metric("vector contains a mix of histograms with exponential and custom "
                              "buckets schemas",
                              name),
                   where);
  if (output.not_counter) of_native("counter");
  if (output.not_gauge) of_native("gauge");
  if (output.ignored)
    evaluator.info(
        for_metric("ignored histograms in a range containing both floats and histograms", name),
        where);
  note_operation(evaluator, output.subtraction, "subtraction", where);
  note_operation(evaluator, output.aggregation, "aggregation", where);
}

}  // namespace sluice::query
