// /api/v1/labels and /api/v1/label/{name}/values: what labels exist.
#include <set>

#include "base/types/utf8.h"
#include "daemon/api/prometheus/answer.h"
#include "daemon/api/prometheus/endpoints.h"
#include "daemon/api/prometheus/parameters.h"

namespace sluice::api::prometheus {

namespace {

http::Response answer(const std::set<std::string>& found, std::size_t limit,
                      std::vector<std::string> warnings) {
  if (limit > 0 && found.size() > limit) warnings.emplace_back("results truncated due to limit");
  return success(
      [&](JsonWriter& json) {
        json.begin_array();
        std::size_t written = 0;
        for (const std::string& text : found) {
          if (limit > 0 && written++ == limit) break;
          json.string(text);
        }
        json.end_array();
      },
      warnings);
}

// Calls collect(labels) for each series asked for and answers with what was collected.
template <class Collect>
http::Response collect_from_series(const Api& api, const http::Request& request, Collect collect) {
  const auto limit = parse_limit(request.query);
  if (!limit) return bad_parameter("limit", limit.error().message);
  const auto context = series_context(api, request);
  const auto series = find_series(api, request, *context);
  if (!series)
    return series.error().code == ErrorCode::invalid_argument ? bad_data(series.error().message)
                                                              : failure(series.error());
  std::set<std::string> found;
  for (const LabelSet& labels : *series) collect(labels, found);
  return answer(found, *limit, context->warnings());
}

}  // namespace

http::Response label_names(const Api& api, http::Request& request) {
  return collect_from_series(api, request,
                             [](const LabelSet& labels, std::set<std::string>& found) {
                               for (const Label& label : labels) found.insert(label.name);
                             });
}

http::Response label_values(const Api& api, http::Request& request) {
  // Names that are no identifiers may come escaped: U__my_2e_label.
  const std::string name = unescape_name(request.path_params["name"]);
  if (!valid_utf8_name(name)) return bad_data("invalid label name: \"" + name + "\"");
  return collect_from_series(api, request,
                             [&](const LabelSet& labels, std::set<std::string>& found) {
                               const auto value = labels.get(name);
                               if (!value.empty()) found.emplace(value);
                             });
}

}  // namespace sluice::api::prometheus
