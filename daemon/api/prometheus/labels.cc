// /api/v1/labels and /api/v1/label/{name}/values: what labels exist.
#include <functional>
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

// What one selector finds.
using Find = std::function<Result<std::vector<std::string>>(const query::SampleSelect& select,
                                                            query::QueryContext& context)>;

// Of all selectors of the request together.
Result<std::set<std::string>> find_texts(const Api& api, const http::Request& request,
                                         const Find& find, query::QueryContext& context) {
  SLUICE_TRY(const TimeSpan span, parse_span(request.query));
  SLUICE_TRY(const auto selectors, selectors_of(request));
  std::set<std::string> found;
  for (const Selector& selector : selectors) {
    SLUICE_TRY(auto texts, find({request.tenant, selector, span.start_ms, span.end_ms}, context));
    found.insert(std::make_move_iterator(texts.begin()), std::make_move_iterator(texts.end()));
    if (found.size() > api.options.max_series_found)
      return Error{ErrorCode::limit_exceeded, "more than " +
                                                  std::to_string(api.options.max_series_found) +
                                                  " are found; narrow match[] or the time range"};
  }
  return found;
}

http::Response answer_found(const Api& api, const http::Request& request, const Find& find) {
  const auto limit = parse_limit(request.query);
  if (!limit) return bad_parameter("limit", limit.error().message);
  const auto context = series_context(api, request);
  const auto found = find_texts(api, request, find, *context);
  if (!found)
    return found.error().code == ErrorCode::invalid_argument ? bad_data(found.error().message)
                                                             : failure(found.error());
  return answer(*found, *limit, context->warnings());
}

}  // namespace

http::Response label_names(const Api& api, http::Request& request) {
  return answer_found(api, request, [&](const auto& select, auto& context) {
    return api.samples.label_names(select, context);
  });
}

http::Response label_values(const Api& api, http::Request& request) {
  // Names that are no identifiers may come escaped: U__my_2e_label.
  const std::string name = unescape_name(request.path_params["name"]);
  if (!valid_utf8_name(name)) return bad_data("invalid label name: \"" + name + "\"");
  return answer_found(api, request, [&](const auto& select, auto& context) {
    return api.samples.label_values(select, name, context);
  });
}

}  // namespace sluice::api::prometheus
