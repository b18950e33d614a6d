// /api/v1/metadata: type, help and unit of metric families.
#include <charconv>
#include <map>

#include "daemon/api/prometheus/answer.h"
#include "daemon/api/prometheus/endpoints.h"

namespace sluice::api::prometheus {

namespace {

// A count that must be a number; a missing or negative one is no limit, as in Prometheus.
Result<std::size_t> parse_count(const http::Params& params, std::string_view name) {
  constexpr std::size_t unlimited = static_cast<std::size_t>(-1);
  const std::string text = params.get_or(name, "");
  if (text.empty()) return unlimited;
  std::int64_t count = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (ec != std::errc{} || end != text.data() + text.size())
    return invalid_argument(std::string(name) + " must be a number");
  return count < 0 ? unlimited : static_cast<std::size_t>(count);
}

void write_family(JsonWriter& json, const std::vector<const MetricMetadata*>& entries,
                  std::size_t limit) {
  json.begin_array();
  for (std::size_t i = 0; i < entries.size() && i < limit; ++i) {
    json.begin_object();
    json.key("type").string(entries[i]->type);
    json.key("help").string(entries[i]->help);
    json.key("unit").string(entries[i]->unit);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

http::Response metadata(const Api& api, http::Request& request) {
  const auto limit = parse_count(request.query, "limit");
  if (!limit) return bad_data(limit.error().message);
  auto per_metric = parse_count(request.query, "limit_per_metric");
  if (!per_metric) return bad_data(per_metric.error().message);
  if (*per_metric == 0) *per_metric = static_cast<std::size_t>(-1);
  const std::string wanted = request.query.get_or("metric", "");
  const auto all = api.samples.metadata(request.tenant);
  if (!all) return failure(all.error());
  std::map<std::string_view, std::vector<const MetricMetadata*>> families;
  for (const MetricMetadata& entry : *all)
    if (wanted.empty() || entry.family == wanted) families[entry.family].push_back(&entry);
  return success([&](JsonWriter& json) {
    json.begin_object();
    std::size_t written = 0;
    for (const auto& [family, entries] : families) {
      if (written++ == *limit) break;
      json.key(family);
      write_family(json, entries, *per_metric);
    }
    json.end_object();
  });
}

}  // namespace sluice::api::prometheus
