// Results of metric queries (vector, matrix, scalar, string) and how they are printed; pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/types/labels.h"
#include "base/types/time.h"

namespace sluice::query::cli {

struct MetricPoint {
  double seconds = 0;  // since the epoch
  std::string text;    // the value as the server printed it
  double value = 0;
};

struct MetricSeries {
  LabelSet labels;
  std::vector<MetricPoint> points;
};

struct MetricResult {
  std::string type;  // "vector", "matrix", "scalar", "string"
  std::vector<MetricSeries> series;
  std::string json;  // the data as it came
};

enum class MetricFormat { table, json, csv, chart };
Result<MetricFormat> parse_metric_format(std::string_view text);

Result<MetricResult> parse_metric_result(const nlohmann::json& data);
std::string format_metric(const MetricResult& result, MetricFormat format, bool color);

}  // namespace sluice::query::cli
