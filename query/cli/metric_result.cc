#include "query/cli/metric_result.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "base/codec/json_writer.h"
#include "query/cli/api_client.h"
#include "query/cli/style.h"
#include "query/cli/time_spec.h"

namespace sluice::query::cli {

using Json = nlohmann::json;

namespace {

constexpr std::size_t spark_width = 40;

double parse_value(const std::string& text) {
  return text == "NaN" ? NAN : std::strtod(text.c_str(), nullptr);
}

Result<MetricPoint> parse_point(const Json& pair) {
  if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number() || !pair[1].is_string()) {
    return Error{ErrorCode::unavailable, "the server sent a sample that is not one"};
  }
  MetricPoint point{pair[0].get<double>(), pair[1].get<std::string>(), 0};
  point.value = parse_value(point.text);
  return point;
}

Error not_a_histogram() {
  return {ErrorCode::unavailable, "the server sent a histogram that is not one"};
}

// {count:4, sum:5, (1,2]:4}: a native histogram in a line.
Result<std::string> histogram_text(const Json& histogram) {
  const std::string count = text_of(histogram, "count");
  if (count.empty()) return not_a_histogram();
  std::string out = "{count:" + count + ", sum:" + text_of(histogram, "sum");
  for (const Json& bucket : histogram.value("buckets", Json::array())) {
    const bool whole = bucket.is_array() && bucket.size() == 4 && bucket[0].is_number() &&
                       bucket[1].is_string() && bucket[2].is_string() && bucket[3].is_string();
    if (!whole) return not_a_histogram();
    const int rule = bucket[0].get<int>();  // which ends belong to it
    out += rule == 1 || rule == 3 ? ", [" : ", (";
    out += bucket[1].get<std::string>() + "," + bucket[2].get<std::string>();
    out += (rule == 0 || rule == 3 ? "]:" : "):") + bucket[3].get<std::string>();
  }
  return out + "}";
}

Result<MetricPoint> parse_histogram_point(const Json& pair) {
  if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number() || !pair[1].is_object())
    return not_a_histogram();
  SLUICE_TRY(auto text, histogram_text(pair[1]));
  return MetricPoint{pair[0].get<double>(), std::move(text), NAN};
}

// Floats and histograms of a series come apart; a reader wants them in the order of time.
Result<void> parse_histograms(const Json& object, MetricSeries& series) {
  Json pairs = object.value("histograms", Json::array());
  if (object.contains("histogram")) pairs.push_back(object["histogram"]);
  for (const auto& pair : pairs) {
    SLUICE_TRY(auto point, parse_histogram_point(pair));
    series.points.push_back(std::move(point));
  }
  std::stable_sort(
      series.points.begin(), series.points.end(),
      [](const MetricPoint& a, const MetricPoint& b) { return a.seconds < b.seconds; });
  return {};
}

Result<MetricSeries> parse_series(const Json& object) {
  MetricSeries series;
  if (!object.is_object()) return Error{ErrorCode::unavailable, "the server sent no series"};
  series.labels = labels_from(object.value("metric", Json::object()));
  if (object.contains("value")) {
    SLUICE_TRY(auto point, parse_point(object["value"]));
    series.points.push_back(std::move(point));
  }
  const Json values = object.value("values", Json::array());
  for (const auto& pair : values) {
    SLUICE_TRY(auto point, parse_point(pair));
    series.points.push_back(std::move(point));
  }
  SLUICE_CHECK(parse_histograms(object, series));
  return series;
}

// name{a="b"} as people write it.
std::string title(const LabelSet& labels) {
  LabelSet rest = labels;
  rest.erase(metric_name_label);
  const std::string name(labels.get(metric_name_label));
  if (!name.empty() && !valid_metric_name(name)) {
    std::string quoted = "{";
    append_quoted(quoted, name);
    return quoted + (rest.empty() ? "}" : ", " + rest.to_string().substr(1));
  }
  if (rest.empty()) return name.empty() ? "{}" : name;
  return name + rest.to_string();
}

std::vector<double> values_of(const MetricSeries& series) {
  std::vector<double> values;
  for (const auto& point : series.points) values.push_back(point.value);
  return values;
}

// Least and greatest, NaN left aside: it compares with nothing.
std::pair<double, double> extremes(const std::vector<double>& values) {
  std::pair<double, double> found{NAN, NAN};
  for (const double value : values) {
    if (std::isnan(found.first) || value < found.first) found.first = value;
    if (std::isnan(found.second) || value > found.second) found.second = value;
  }
  return found;
}

std::string as_instant_table(const MetricResult& result, bool color) {
  Table table({"VALUE", "SERIES"});
  for (const auto& series : result.series) {
    if (!series.points.empty()) table.add({{series.points.back().text}, {title(series.labels)}});
  }
  return table.render(color);
}

std::string as_range_table(const MetricResult& result, bool color) {
  Table table({"LAST", "MIN", "MAX", "TREND", "SERIES"});
  for (const auto& series : result.series) {
    const auto values = values_of(series);
    if (values.empty()) continue;
    const auto [least, greatest] = extremes(values);
    table.add({{series.points.back().text},
               {format_sample_value(least)},
               {format_sample_value(greatest)},
               {sparkline(values, spark_width), Color::cyan},
               {title(series.labels)}});
  }
  return table.render(color);
}

Timestamp time_of(const MetricPoint& point) {
  return from_unix_ns(static_cast<std::int64_t>(std::llround(point.seconds * 1000)) * 1'000'000);
}

std::string as_csv(const MetricResult& result) {
  std::set<std::string> names;
  for (const auto& series : result.series) {
    for (const auto& label : series.labels) names.insert(label.name);
  }
  std::string out = "timestamp";
  for (const auto& name : names) out += "," + csv_field(name);
  out += ",value\n";
  for (const auto& series : result.series) {
    for (const auto& point : series.points) {
      out += format_rfc3339(time_of(point));
      for (const auto& name : names) out += "," + csv_field(series.labels.get(name));
      out += "," + csv_field(point.text) + "\n";
    }
  }
  return out;
}

std::string as_chart(const MetricResult& result, bool color) {
  std::string out;
  for (const auto& series : result.series) {
    const auto values = values_of(series);
    if (values.empty()) continue;
    const auto [least, greatest] = extremes(values);
    out += title(series.labels) + "\n  " + paint(sparkline(values, 80), Color::cyan, color) +
           "\n  " + format_sample_value(least) + " to " + format_sample_value(greatest) + ", " +
           format_clock(time_of(series.points.front())) + " to " +
           format_clock(time_of(series.points.back())) + "\n";
  }
  return out;
}

}  // namespace

Result<MetricFormat> parse_metric_format(std::string_view text) {
  if (text == "table" || text == "default") return MetricFormat::table;
  if (text == "json") return MetricFormat::json;
  if (text == "csv") return MetricFormat::csv;
  if (text == "chart") return MetricFormat::chart;
  return invalid_argument("output \"" + std::string(text) +
                          "\" is none of table, json, csv, chart");
}

Result<MetricResult> parse_metric_result(const Json& data) {
  MetricResult result;
  result.type = text_of(data, "resultType");
  if (result.type.empty() || !data.contains("result")) {
    return Error{ErrorCode::unavailable, "the server's answer is no query result"};
  }
  result.json = data.dump();
  const Json& values = data["result"];
  if (result.type == "scalar" || result.type == "string") {
    SLUICE_TRY(auto point, parse_point(values));
    result.series.push_back({{}, {std::move(point)}});
    return result;
  }
  for (const auto& object : values) {
    SLUICE_TRY(auto series, parse_series(object));
    result.series.push_back(std::move(series));
  }
  return result;
}

std::string format_metric(const MetricResult& result, MetricFormat format, bool color) {
  switch (format) {
    case MetricFormat::json: return result.json + "\n";
    case MetricFormat::csv: return as_csv(result);
    case MetricFormat::chart: return as_chart(result, color);
    case MetricFormat::table: break;
  }
  const bool single = result.type == "scalar" || result.type == "string";
  if (single) return result.series.front().points.front().text + "\n";
  return result.type == "matrix" ? as_range_table(result, color) : as_instant_table(result, color);
}

}  // namespace sluice::query::cli
