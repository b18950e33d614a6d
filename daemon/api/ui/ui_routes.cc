#include "daemon/api/ui/ui_routes.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/codec/compress.h"
#include "daemon/api/ui/accepts_gzip.h"
#include "dashboards/assets.h"

namespace sluice::api {
namespace {

using dashboards::Asset;

// First segments that belong to APIs, present or imitated.
constexpr std::array<std::string_view, 9> api_roots{
    "api", "loki", "-", "metrics", "otlp", "prometheus", "services", "insert", "elasticsearch"};

// Scripts, styles, images and connections from this daemon only. Charts set sizes through the
// style object, which the policy allows; no inline style or script is ever needed.
constexpr std::string_view content_security_policy =
    "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'self'";

std::string_view first_segment(std::string_view path) {
  path.remove_prefix(std::min<std::size_t>(path.size(), 1));
  return path.substr(0, path.find('/'));
}

bool is_api(std::string_view path) {
  return std::find(api_roots.begin(), api_roots.end(), first_segment(path)) != api_roots.end();
}

// One segment without a dot: an address of the UI, not a missing file. Deeper ones would load
// their assets from the wrong place, since the page names them relative to itself.
bool is_page(std::string_view path) {
  const auto segment = first_segment(path);
  return path.size() == segment.size() + 1 && segment.find('.') == std::string_view::npos;
}

const Asset* choose(std::string_view path) {
  if (const Asset* asset = dashboards::find_asset(path)) return asset;
  return is_page(path) && !is_api(path) ? dashboards::find_asset("/index.html") : nullptr;
}

bool has_hashed_name(const Asset& asset) { return asset.path.starts_with("/assets/"); }

// If-None-Match: "*", or a list in which weak and strong tags compare alike.
bool client_has(const http::Request& request, const Asset& asset) {
  const auto known = request.headers.get("If-None-Match");
  return known == "*" || known.find(asset.etag) != std::string_view::npos;
}

void set_common_headers(http::Response& response, const Asset& asset) {
  auto& h = response.headers;
  h.set("ETag", asset.etag);
  h.set("Cache-Control",
        has_hashed_name(asset) ? "public, max-age=31536000, immutable" : "no-cache");
  h.set("Vary", "Accept-Encoding");
  h.set("Content-Security-Policy", content_security_policy);
  h.set("X-Content-Type-Options", "nosniff");
  h.set("Referrer-Policy", "same-origin");
}

http::Response serve(const http::Request& request, const Asset& asset) {
  http::Response response;
  set_common_headers(response, asset);
  if (client_has(request, asset)) {
    response.status = 304;
    return response;
  }
  response.headers.set("Content-Type", asset.content_type);
  if (accepts_gzip(request.headers.get("Accept-Encoding"))) {
    response.headers.set("Content-Encoding", "gzip");
    response.body = asset.gzip;
    return response;
  }
  auto inflated = gzip_decompress(asset.gzip, asset.size);
  if (!inflated) return http::error_response(std::move(inflated).error().within("UI asset"));
  response.body = *std::move(inflated);
  return response;
}

http::Response serve_ui(http::Request& request) {
  const bool reads = request.method == "GET" || request.method == "HEAD";
  const Asset* asset = reads ? choose(request.path) : nullptr;
  if (asset == nullptr) {
    return http::error_response({ErrorCode::not_found, "no such address: " + request.path});
  }
  return serve(request, *asset);
}

}  // namespace

void add_ui_routes(http::Router& router) {
  http::RouteOptions options;
  options.pool = http::Pool::inline_;
  options.role = http::Role::none;
  router.fallback(options, serve_ui);
  router.add("GET", "/", options, serve_ui);
}

}  // namespace sluice::api
