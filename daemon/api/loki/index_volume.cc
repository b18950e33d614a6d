// /loki/api/v1/index/volume and volume_range: bytes of lines by labels, the largest first.
//
// volume is answered from headers (stream_sizes.h); volume_range by a query like any other: sum of
// bytes_over_time, grouped while it is read.

#include <algorithm>
#include <map>

#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/endpoints.h"
#include "daemon/api/loki/parameters.h"
#include "daemon/api/loki/stream_sizes.h"
#include "query/engine/grid.h"

namespace sluice::api::loki {

namespace {

struct VolumeRequest {
  std::vector<query::LabelMatcher> matchers;
  TimeRange range;
  std::size_t limit = 100;
  std::vector<std::string> labels;  // to group by; empty: by all
  bool by_name = false;             // aggregateBy=labels: bytes per label name
};

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> items;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(',', at), text.size());
    if (end > at) items.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return items;
}

Result<VolumeRequest> parse(const Api& api, const http::Request& from) {
  const http::Params& params = from.query;
  VolumeRequest request;
  SLUICE_TRY(request.range, query_range_of(api, from));
  SLUICE_TRY(request.limit, parse_limit(params));
  SLUICE_TRY(request.matchers, parse_selector(params.get_or("query", "{}")));
  const auto aggregate = params.get_or("aggregateBy", "series");
  if (aggregate != "series" && aggregate != "labels")
    return invalid_argument("invalid aggregation option '" + aggregate + "'");
  request.by_name = aggregate == "labels";
  request.labels = split_list(params.get_or("targetLabels", ""));
  if (request.labels.empty() && !request.by_name)
    for (const auto& matcher : request.matchers) request.labels.push_back(matcher.name());
  return request;
}

// (start, end] covers [start, end) closely enough: the edges differ by a nanosecond.
query::LogRangeAggregation bytes_query(const VolumeRequest& request, Duration range) {
  query::LogRangeAggregation bytes;
  bytes.op = "bytes_over_time";
  bytes.query.matchers = request.matchers;
  bytes.range = range;
  if (!request.labels.empty() && !request.by_name)
    bytes.grouping = query::Grouping{false, request.labels};
  return bytes;
}

query::GridVector sum_by_name(const query::GridVector& series,
                              const std::vector<std::string>& wanted) {
  std::map<std::string, std::vector<double>> sums;
  for (const auto& one : series)
    for (const auto& label : one.labels) {
      if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), label.name) == wanted.end())
        continue;
      auto& sum = sums[label.name];
      sum.resize(one.values.size(), query::absent_value);
      for (std::size_t i = 0; i < sum.size(); ++i) {
        if (query::is_absent(one.values[i])) continue;
        sum[i] = query::is_absent(sum[i]) ? one.values[i] : sum[i] + one.values[i];
      }
    }
  query::GridVector out;
  // The name is the answer, its value is empty: {"metric":{"app":""}} (see write_metric).
  for (auto& [name, values] : sums) out.push_back({LabelSet{{name, "-"}}, std::move(values)});
  return out;
}

double total(const query::GridSeries& series) {
  double sum = 0;
  for (const double value : series.values)
    if (!query::is_absent(value)) sum += value;
  return sum;
}

// The labels of a stream that are grouped by.
LabelSet group_of(const LabelSet& stream, const VolumeRequest& request) {
  if (request.by_name || request.labels.empty()) return stream;
  LabelSet group;
  for (const auto& name : request.labels)
    if (stream.has(name)) group.set(name, stream.get(name));
  return group;
}

Result<query::GridVector> volumes_once(const Api& api, const http::Request& http,
                                       const VolumeRequest& request, query::QueryContext& context) {
  SLUICE_TRY(const auto sizes, measure_streams(api.sources.logs, http.tenant, request.matchers,
                                               request.range, context));
  std::map<LabelSet, double> bytes;
  for (const auto& [labels, size] : sizes.streams)
    bytes[group_of(labels, request)] += static_cast<double>(size.bytes);
  query::GridVector series;
  for (const auto& [labels, sum] : bytes) series.push_back({labels, {sum}});
  return series;
}

Result<query::GridVector> volumes_by_step(const Api& api, const http::Request& http,
                                          const VolumeRequest& request, Duration step,
                                          const query::StepGrid& grid,
                                          query::QueryContext& context) {
  return query::eval_log_range(bytes_query(request, step), grid, http.tenant, api.sources.logs,
                               context);
}

query::GridVector largest(query::GridVector series, const VolumeRequest& request) {
  if (request.by_name) series = sum_by_name(series, request.labels);
  std::stable_sort(series.begin(), series.end(),
                   [](const auto& a, const auto& b) { return total(a) > total(b); });
  if (series.size() > request.limit) series.resize(request.limit);
  return series;
}

void write_metric(JsonWriter& out, const LabelSet& labels, bool by_name) {
  out.key("metric").begin_object();
  for (const auto& label : labels) out.key(label.name).string(by_name ? "" : label.value);
  out.end_object();
}

void write_volume(JsonWriter& out, std::int64_t ms, double value) {
  out.begin_array().number(static_cast<double>(ms) / 1000);
  out.string(format_sample_value(value)).end_array();
}

void write_values(JsonWriter& out, const query::GridSeries& series, const query::StepGrid& grid,
                  bool range) {
  if (!range) {
    out.key("value");
    write_volume(out, grid.at(0), series.values[0]);
    return;
  }
  out.key("values").begin_array();
  for (std::size_t i = 0; i < grid.steps; ++i)
    if (!query::is_absent(series.values[i])) write_volume(out, grid.at(i), series.values[i]);
  out.end_array();
}

http::Response answer(const query::GridVector& series, const query::StepGrid& grid, bool range,
                      bool by_name) {
  JsonWriter out;
  out.begin_object().key("status").string("success").key("data").begin_object();
  out.key("resultType").string(range ? "matrix" : "vector").key("result").begin_array();
  for (const auto& one : series) {
    out.begin_object();
    write_metric(out, one.labels, by_name);
    write_values(out, one, grid, range);
    out.end_object();
  }
  out.end_array().key("stats").begin_object().end_object().end_object().end_object();
  return json(out.take());
}

Result<http::Response> run_instant(const Api& api, http::Request& http) {
  SLUICE_TRY(const auto request, parse(api, http));
  const auto context = query_context(api, http);
  const query::StepGrid grid{unix_ms(to_ms(request.range.end)), 1, 1};
  SLUICE_TRY(auto series, volumes_once(api, http, request, *context));
  return answer(largest(std::move(series), request), grid, false, request.by_name);
}

Result<http::Response> run_range(const Api& api, http::Request& http) {
  SLUICE_TRY(const auto request, parse(api, http));
  SLUICE_TRY(const Duration step, parse_step_or_default(http.query, request.range));
  const auto steps = (request.range.end - request.range.start) / step + 1;
  if (steps > max_points)
    return invalid_argument("exceeded maximum resolution of 11,000 points per time series");
  const auto context = query_context(api, http);
  const query::StepGrid grid{unix_ms(to_ms(request.range.start)),
                             std::chrono::duration_cast<std::chrono::milliseconds>(step).count(),
                             static_cast<std::size_t>(steps)};
  SLUICE_TRY(auto series, volumes_by_step(api, http, request, step, grid, *context));
  return answer(largest(std::move(series), request), grid, true, request.by_name);
}

}  // namespace

http::Response index_volume(const Api& api, http::Request& request) {
  auto response = run_instant(api, request);
  return response ? std::move(*response) : failure(response.error());
}

http::Response index_volume_range(const Api& api, http::Request& request) {
  auto response = run_range(api, request);
  return response ? std::move(*response) : failure(response.error());
}

}  // namespace sluice::api::loki
