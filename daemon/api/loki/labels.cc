// /loki/api/v1/labels and /loki/api/v1/label/{name}/values, and the same under /api/prom. Unknown
// labels are an empty success: clients probe for labels that may not exist.

#include <set>

#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/endpoints.h"
#include "daemon/api/loki/parameters.h"

namespace sluice::api::loki {

namespace {

constexpr std::chrono::hours default_since{6};

Result<std::vector<LabelSet>> find_streams(const Api& api, const http::Request& request) {
  SLUICE_TRY(const auto range, query_range_of(api, request, default_since));
  SLUICE_TRY(const auto matchers, parse_optional_selector(request.query));
  return api.sources.logs.streams(request.tenant, matchers, range);
}

using Items = std::set<std::string, std::less<>>;

Result<Items> find_names(const Api& api, const http::Request& request) {
  SLUICE_TRY(const auto streams, find_streams(api, request));
  Items names;
  for (const auto& labels : streams)
    for (const auto& label : labels) names.insert(label.name);
  return names;
}

Result<Items> find_values(const Api& api, http::Request& request) {
  SLUICE_TRY(const auto streams, find_streams(api, request));
  const std::string& name = request.path_params["name"];
  Items values;
  for (const auto& labels : streams)
    if (labels.has(name)) values.emplace(labels.get(name));
  return values;
}

http::Response current(const Result<Items>& items) {
  return items ? string_list({items->begin(), items->end()}) : failure(items.error());
}

// Under /api/prom: {"values":[...]}
http::Response legacy(const Result<Items>& items) {
  if (!items) return failure(items.error());
  JsonWriter out;
  out.begin_object().key("values").begin_array();
  for (const auto& item : *items) out.string(item);
  out.end_array().end_object();
  return json(out.take());
}

}  // namespace

http::Response label_names(const Api& api, http::Request& request) {
  return current(find_names(api, request));
}

http::Response label_values(const Api& api, http::Request& request) {
  return current(find_values(api, request));
}

http::Response legacy_label_names(const Api& api, http::Request& request) {
  return legacy(find_names(api, request));
}

http::Response legacy_label_values(const Api& api, http::Request& request) {
  return legacy(find_values(api, request));
}

}  // namespace sluice::api::loki
