// /loki/api/v1/labels and /loki/api/v1/label/{name}/values. Unknown labels are an empty success:
// clients probe for labels that may not exist.

#include <set>

#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/endpoints.h"
#include "daemon/api/loki/parameters.h"

namespace sluice::api::loki {

namespace {

constexpr std::chrono::hours default_since{6};

Result<std::vector<LabelSet>> find_streams(const Api& api, const http::Request& request) {
  SLUICE_TRY(const auto range, parse_range(request.query, api.clock.now(), default_since));
  SLUICE_TRY(const auto matchers, parse_optional_selector(request.query));
  return api.sources.logs.streams(request.tenant, matchers, range);
}

http::Response sorted_list(const std::set<std::string, std::less<>>& items) {
  return string_list({items.begin(), items.end()});
}

}  // namespace

http::Response label_names(const Api& api, http::Request& request) {
  const auto streams = find_streams(api, request);
  if (!streams) return failure(streams.error());
  std::set<std::string, std::less<>> names;
  for (const auto& labels : *streams)
    for (const auto& label : labels) names.insert(label.name);
  return sorted_list(names);
}

http::Response label_values(const Api& api, http::Request& request) {
  const auto streams = find_streams(api, request);
  if (!streams) return failure(streams.error());
  const std::string& name = request.path_params["name"];
  std::set<std::string, std::less<>> values;
  for (const auto& labels : *streams)
    if (labels.has(name)) values.emplace(labels.get(name));
  return sorted_list(values);
}

}  // namespace sluice::api::loki
