// Results of queries, in the shapes both APIs speak.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/types/labels.h"
#include "base/types/log_entry.h"
#include "query/context.h"

namespace sluice::query {

struct Scalar {
  std::int64_t timestamp_ms = 0;
  double value = 0;
};
struct StringValue {
  std::int64_t timestamp_ms = 0;
  std::string value;
};
// One series at one instant.
struct VectorSample {
  LabelSet labels;
  std::int64_t timestamp_ms = 0;
  double value = 0;
  HistogramPtr histogram = {};  // instead of the value
};
using Vector = std::vector<VectorSample>;
// One series over time, ascending.
struct MatrixSeries {
  LabelSet labels;
  std::vector<Sample> samples;
  HistogramList histograms = {};  // those the samples name
};
using Matrix = std::vector<MatrixSeries>;
// One stream of a log query's result. Labels are those after the pipeline (parsed ones included);
// entries in the query's direction; `line` is after line_format.
struct LogStream {
  LabelSet labels;
  std::vector<LogEntry> entries;  // their metadata is empty: it is among the labels
  // The parts of `labels` that are not the Stream's own.
  LabelSet metadata = {};  // from structured metadata
  LabelSet parsed = {};    // made by the pipeline
};
using Streams = std::vector<LogStream>;

using Value = std::variant<Scalar, StringValue, Vector, Matrix, Streams>;

struct QueryResult {
  Value value;
  std::vector<std::string> warnings;  // partial result, series dropped, ...
  std::vector<std::string> infos;
};

}  // namespace sluice::query
