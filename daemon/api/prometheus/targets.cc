#include "daemon/api/prometheus/targets.h"

#include <unistd.h>

#include <charconv>

#include "base/scrape/status_json.h"
#include "daemon/api/prometheus/answer.h"
#include "daemon/api/prometheus/parameters.h"

namespace sluice::api {

namespace {

// What who asks may see.
using StatusSource = std::function<scrape::ScrapeStatus(const http::Request&)>;

std::string host_name() {
  char name[256] = {};
  if (::gethostname(name, sizeof(name) - 1) != 0) return "localhost";
  return name;
}

http::Response targets(const StatusSource& status, const std::string& host,
                       const http::Request& request) {
  const auto query = scrape::target_query(request.query.get_or("state", ""),
                                          request.query.get_or("scrapePool", ""));
  return prometheus::success(
      [&](JsonWriter& json) { scrape::write_targets(json, status(request), query, host); });
}

// The limit: absent or negative is none.
Result<std::optional<std::size_t>> metadata_limit(const http::Params& params) {
  const std::string text = params.get_or("limit", "");
  if (text.empty()) return std::optional<std::size_t>{};
  std::int64_t limit = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (ec != std::errc{} || end != text.data() + text.size())
    return invalid_argument("limit must be a number");
  if (limit < 0) return std::optional<std::size_t>{};
  return std::optional<std::size_t>(static_cast<std::size_t>(limit));
}

http::Response not_found() {
  JsonWriter json;
  json.begin_object().key("status").string("error").key("errorType").string("not_found");
  json.key("error").string("specified metadata not found").end_object();
  return http::Response::json(404, json.take());
}

http::Response target_metadata(const StatusSource& status, const http::Request& request) {
  scrape::MetadataQuery query;
  const auto limit = metadata_limit(request.query);
  if (!limit) return prometheus::bad_data(limit.error().message);
  query.limit = *limit;
  query.metric = request.query.get_or("metric", "");
  const std::string match = request.query.get_or("match_target", "");
  std::vector<prometheus::Selector> selectors;
  if (!match.empty()) {
    auto parsed = prometheus::parse_selectors({match});
    if (!parsed) return prometheus::bad_parameter("match_target", parsed.error().message);
    selectors = std::move(*parsed);
  }
  query.matches = [&](const LabelSet& labels) {
    return selectors.empty() || query::matches_all(selectors.front(), labels);
  };
  JsonWriter found;
  if (!scrape::write_target_metadata(found, status(request), query)) return not_found();
  return prometheus::success([&](JsonWriter& json) { json.raw(found.text()); });
}

}  // namespace

void add_target_routes(http::Router& router, std::function<scrape::ScrapeStatus()> all,
                       const TenantId& tenant) {
  const StatusSource status = [all = std::move(all), tenant](const http::Request& request) {
    const bool shown = request.role == http::Role::admin || request.tenant == tenant;
    return shown ? all() : scrape::ScrapeStatus{};
  };
  router.add("GET", "/api/v1/targets", {}, [status, host = host_name()](http::Request& request) {
    return targets(status, host, request);
  });
  router.add("GET", "/api/v1/targets/metadata", {},
             [status](http::Request& request) { return target_metadata(status, request); });
  router.add("GET", "/api/v1/scrape_pools", {}, [status](http::Request& request) {
    return prometheus::success(
        [&](JsonWriter& json) { scrape::write_scrape_pools(json, status(request)); });
  });
}

}  // namespace sluice::api
