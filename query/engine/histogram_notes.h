// Annotations about native histograms, in Prometheus' words.
#pragma once

#include <string>
#include <string_view>

#include "query/engine/functions.h"

namespace sluice::query {

// What calls of a range function met in one series.
void note_windows(Evaluator& evaluator, const WindowOutput& output, const LabelSet& labels,
                  SourceSpan where);
// Of adding or subtracting; `operation` is "addition", "subtraction" or "aggregation".
void note_operation(Evaluator& evaluator, const HistogramNotes& notes, std::string_view operation,
                    SourceSpan where);

// text + ` for metric name "name"`, if there is a name.
std::string for_metric(std::string text, std::string_view name);

}  // namespace sluice::query
