// GET|POST /loki/api/v1/series: the label sets of streams. No match, or {}, means all.

#include <set>

#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/endpoints.h"
#include "daemon/api/loki/parameters.h"

namespace sluice::api::loki {

namespace {

std::vector<std::string> selectors(const http::Params& params) {
  auto texts = params.all("match[]");
  for (auto& text : params.all("match")) texts.push_back(std::move(text));
  if (texts.empty()) texts.emplace_back("{}");
  return texts;
}

Result<std::set<LabelSet>> find(const Api& api, const http::Request& request) {
  SLUICE_TRY(const auto range, query_range_of(api, request, std::chrono::hours{6}));
  std::set<LabelSet> found;
  for (const auto& text : selectors(request.query)) {
    SLUICE_TRY(const auto matchers, parse_selector(text));
    SLUICE_TRY(auto streams, api.sources.logs.streams(request.tenant, matchers, range));
    for (auto& labels : streams) found.insert(std::move(labels));
  }
  return found;
}

}  // namespace

http::Response series(const Api& api, http::Request& request) {
  const auto found = find(api, request);
  if (!found) return failure(found.error());
  JsonWriter out;
  out.begin_object().key("status").string("success").key("data").begin_array();
  for (const auto& labels : *found) write_labels(out, labels);
  out.end_array().end_object();
  return json(out.take());
}

}  // namespace sluice::api::loki
