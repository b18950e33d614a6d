// /federate: the newest samples of what match[] selects, in the text format, for another Prometheus
// to scrape. Native histograms have no place in that format and are left out.
#include <map>

#include "daemon/api/prometheus/answer.h"
#include "daemon/api/prometheus/endpoints.h"
#include "daemon/api/prometheus/parameters.h"

namespace sluice::api::prometheus {

namespace {

using query::VectorSample;

// The vector of one selector now, with the times of the samples themselves.
Result<std::vector<VectorSample>> newest_samples(const Api& api, const http::Request& request,
                                                 const std::string& selector, std::int64_t now_ms) {
  SLUICE_TRY(const auto expr, query::parse_promql(selector));
  SLUICE_TRY(const auto range, query::parse_promql(selector + "[5m]"));
  query::QueryContext context(request.cancel, api.options.limits.of(request.tenant));
  SLUICE_TRY(auto values, api.engine.instant(*expr, {request.tenant, now_ms, selector}, context));
  SLUICE_TRY(auto ranges, api.engine.instant(*range, {request.tenant, now_ms, selector}, context));
  std::map<LabelSet, std::int64_t> times;
  for (const query::MatrixSeries& series : std::get<query::Matrix>(ranges.value))
    times.emplace(series.labels, series.samples.back().timestamp_ms);
  std::vector<VectorSample> found;
  for (VectorSample& sample : std::get<query::Vector>(values.value)) {
    if (sample.histogram) continue;
    if (const auto at = times.find(sample.labels); at != times.end())
      sample.timestamp_ms = at->second;
    found.push_back(std::move(sample));
  }
  return found;
}

void append_sample_line(std::string& out, const VectorSample& sample) {
  LabelSet labels = sample.labels;
  out += labels.get(metric_name_label);
  labels.erase(metric_name_label);
  // The text format knows \\, \" and \n in values.
  const char* separator = "{";
  for (const Label& label : labels) {
    out += separator;
    separator = ",";
    out += label.name + "=\"";
    for (const char c : label.value) {
      if (c == '\n')
        out += "\\n";
      else if (c == '"' || c == '\\')
        out.append({'\\', c});
      else
        out += c;
    }
    out += '"';
  }
  if (!labels.empty()) out += '}';
  out += ' ' + format_sample_value(sample.value) + ' ' + std::to_string(sample.timestamp_ms) + '\n';
}

// Samples of one name stand together, under one line that says nothing of their type.
std::string exposition(const std::map<LabelSet, VectorSample>& samples) {
  std::map<std::string, std::string, std::less<>> families;
  for (const auto& [labels, sample] : samples)
    append_sample_line(families[std::string(labels.get(metric_name_label))], sample);
  std::string out;
  for (const auto& [name, lines] : families) out += "# TYPE " + name + " untyped\n" + lines;
  return out;
}

}  // namespace

http::Response federate(const Api& api, http::Request& request) {
  const auto selectors = request.query.all("match[]");
  if (const auto checked = parse_selectors(selectors); !checked)
    return bad_parameter("match[]", checked.error().message);
  const std::int64_t now_ms = unix_ms(to_ms(api.clock.now()));
  std::map<LabelSet, VectorSample> all;
  for (const std::string& selector : selectors) {
    auto found = newest_samples(api, request, selector, now_ms);
    if (!found) return failure(found.error());
    for (VectorSample& sample : *found) {
      LabelSet labels = sample.labels;
      if (!valid_metric_name(labels.get(metric_name_label))) continue;
      all.emplace(std::move(labels), std::move(sample));
    }
  }
  http::Response response = http::Response::text(200, exposition(all));
  response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  return response;
}

}  // namespace sluice::api::prometheus
