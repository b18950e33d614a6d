// /api/v1/status/tsdb: how many series there are and which names and values make them many.
#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <span>

#include "daemon/api/prometheus/answer.h"
#include "daemon/api/prometheus/endpoints.h"

namespace sluice::api::prometheus {

namespace {

using Counts = std::map<std::string, std::uint64_t>;
using Values = std::map<std::string_view, std::map<std::string_view, std::uint64_t>>;

void write_greatest(JsonWriter& json, std::string_view key, const Counts& counts,
                    std::size_t limit) {
  std::vector<std::pair<std::string, std::uint64_t>> ranked(counts.begin(), counts.end());
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  if (ranked.size() > limit) ranked.resize(limit);
  json.key(key).begin_array();
  for (const auto& [name, value] : ranked)
    json.begin_object().key("name").string(name).key("value").number(value).end_object();
  json.end_array();
}

struct Cardinality {
  Counts by_metric;
  Counts values_of_label;
  Counts bytes_of_label;
  Counts by_pair;
  std::uint64_t pairs = 0;
};

Cardinality count(std::span<const LabelSet> series) {
  Cardinality out;
  Values values;
  for (const LabelSet& labels : series)
    for (const Label& label : labels) ++values[label.name][label.value];
  for (const auto& [name, counted] : values) {
    const std::string key(name);
    out.values_of_label[key] = counted.size();
    out.pairs += counted.size();
    for (const auto& [value, count] : counted) {
      out.bytes_of_label[key] += value.size();
      out.by_pair[key + "=" + std::string(value)] = count;
      if (name == metric_name_label) out.by_metric[std::string(value)] = count;
    }
  }
  return out;
}

Result<std::size_t> parse_positive(const http::Params& params) {
  const std::string text = params.get_or("limit", "10");
  std::size_t limit = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (ec != std::errc{} || end != text.data() + text.size() || limit == 0)
    return invalid_argument("limit must be a positive number");
  return limit;
}

}  // namespace

http::Response tsdb_status(const Api& api, http::Request& request) {
  const auto limit = parse_positive(request.query);
  if (!limit) return bad_data(limit.error().message);
  const auto context = series_context(api, request);
  const auto series = api.samples.series({request.tenant, {}, INT64_MIN, INT64_MAX}, *context);
  if (!series) return failure(series.error());
  const std::size_t most = std::min(series->size(), api.options.max_series_found);
  if (most < series->size())
    context->warn("of " + std::to_string(series->size()) + " series only the first " +
                  std::to_string(most) + " by their labels are counted by name and value");
  const Cardinality counted = count(std::span(*series).first(most));
  const auto write = [&](JsonWriter& json) {
    json.begin_object().key("headStats").begin_object();
    json.key("numSeries").number(static_cast<std::uint64_t>(series->size()));
    json.key("numLabelPairs").number(counted.pairs).end_object();
    write_greatest(json, "seriesCountByMetricName", counted.by_metric, *limit);
    write_greatest(json, "labelValueCountByLabelName", counted.values_of_label, *limit);
    write_greatest(json, "memoryInBytesByLabelName", counted.bytes_of_label, *limit);
    write_greatest(json, "seriesCountByLabelValuePair", counted.by_pair, *limit);
    json.end_object();
  };
  return success(write, context->warnings());
}

}  // namespace sluice::api::prometheus
