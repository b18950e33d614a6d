// /federate: the newest samples of what match[] selects, in the text format, for another Prometheus
// to scrape. Native histograms have no place in that format and are left out.
#include <map>

#include "base/types/utf8.h"
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

// The text format knows \\, \" and \n.
std::string quoted_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\n')
      out += "\\n";
    else if (c == '"' || c == '\\')
      out.append({'\\', c});
    else
      out += c;
  }
  return out + '"';
}

// Readers say so when they know names that are no identifiers.
bool reads_utf8(const http::Request& request) {
  return request.headers.get("Accept").find("escaping=allow-utf-8") != std::string_view::npos;
}

LabelSet underscored(const LabelSet& labels) {
  std::vector<Label> named;
  for (const Label& label : labels) named.push_back({underscored_name(label.name), label.value});
  LabelSet set = LabelSet::from(std::move(named));
  set.set(metric_name_label, underscored_name(set.get(metric_name_label)));
  return set;
}

void append_sample_line(std::string& out, const VectorSample& sample) {
  LabelSet labels = sample.labels;
  const std::string name(labels.get(metric_name_label));
  labels.erase(metric_name_label);
  // A name that is no identifier stands in quotes inside the braces.
  const bool quoted = !valid_metric_name(name);
  if (quoted)
    out += "{" + quoted_text(name);
  else
    out += name;
  const char* separator = quoted ? "," : "{";
  for (const Label& label : labels) {
    out += separator;
    separator = ",";
    out += (valid_label_name(label.name) ? label.name : quoted_text(label.name)) + "=";
    out += quoted_text(label.value);
  }
  if (quoted || !labels.empty()) out += '}';
  out += ' ' + format_sample_value(sample.value) + ' ' + std::to_string(sample.timestamp_ms) + '\n';
}

// Samples of one name stand together, under one line that says nothing of their type.
std::string exposition(const std::map<LabelSet, VectorSample>& samples) {
  std::map<std::string, std::string, std::less<>> families;
  for (const auto& [labels, sample] : samples)
    append_sample_line(families[std::string(labels.get(metric_name_label))], sample);
  std::string out;
  for (const auto& [name, lines] : families)
    out += "# TYPE " + (valid_metric_name(name) ? name : quoted_text(name)) + " untyped\n" + lines;
  return out;
}

}  // namespace

http::Response federate(const Api& api, http::Request& request) {
  const auto selectors = request.query.all("match[]");
  if (const auto checked = parse_selectors(selectors); !checked)
    return bad_parameter("match[]", checked.error().message);
  const std::int64_t now_ms = unix_ms(to_ms(api.clock.now()));
  const bool utf8 = reads_utf8(request);
  std::map<LabelSet, VectorSample> all;
  for (const std::string& selector : selectors) {
    auto found = newest_samples(api, request, selector, now_ms);
    if (!found) return failure(found.error());
    for (VectorSample& sample : *found) {
      const LabelSet& labels = sample.labels;
      if (!labels.has(metric_name_label)) continue;
      if (!utf8) sample.labels = underscored(sample.labels);
      all.emplace(sample.labels, std::move(sample));
    }
  }
  http::Response response = http::Response::text(200, exposition(all));
  response.headers.set("Content-Type", utf8 ? "text/plain; version=1.0.0; charset=utf-8; "
                                              "escaping=allow-utf-8"
                                            : "text/plain; version=0.0.4; charset=utf-8");
  return response;
}

}  // namespace sluice::api::prometheus
