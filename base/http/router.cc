// A trie by path segment. Each node has literal children, at most one {parameter} child and at
// most one {rest...} tail, tried in that order with backtracking, so that /a/{x}/c is found even
// when the literal /a/b exists without a /c below it.
#include "base/http/router.h"

#include <algorithm>

#include "base/types/assert.h"

namespace sluice::http {

namespace {

std::vector<std::string_view> split_path(std::string_view path) {
  std::vector<std::string_view> segments;
  if (!path.empty() && path.front() == '/') path.remove_prefix(1);
  while (true) {
    const std::size_t end = path.find('/');
    segments.push_back(path.substr(0, end));
    if (end == path.npos) return segments;
    path.remove_prefix(end + 1);
  }
}

std::vector<std::string> split_methods(std::string_view methods) {
  std::vector<std::string> out;
  while (true) {
    const std::size_t end = methods.find('|');
    out.emplace_back(methods.substr(0, end));
    if (end == methods.npos) return out;
    methods.remove_prefix(end + 1);
  }
}

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool is_rest(std::string_view segment) {
  return is_parameter(segment) && segment.size() > 5 &&
         segment.substr(segment.size() - 4) == "...}";
}

std::string parameter_name(std::string_view segment) {
  return std::string(segment.substr(1, segment.size() - (is_rest(segment) ? 5 : 2)));
}

std::string_view rest_of(std::string_view path, std::string_view segment) {
  return path.substr(static_cast<std::size_t>(segment.data() - path.data()));
}

}  // namespace

struct Router::Node {
  using Path = std::vector<std::string_view>;
  using Values = std::vector<std::string>;

  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> parameter;
  std::unique_ptr<Node> rest;
  std::map<std::string, const Route*, std::less<>> routes;  // by method

  // The node for a pattern, made where missing.
  Node* grow(std::string_view pattern) {
    Node* node = this;
    for (const auto segment : split_path(pattern)) {
      SLUICE_ASSERT(!node->is_tail);
      auto& next = is_rest(segment)        ? node->rest
                   : is_parameter(segment) ? node->parameter
                                           : node->literals[std::string(segment)];
      if (!next) next = std::make_unique<Node>();
      next->is_tail = is_rest(segment);
      node = next.get();
    }
    return node;
  }

  // The best node with routes for path[i..]; `values` collects what the parameters took.
  const Node* find(const Path& path, std::size_t i, std::string_view whole, Values& values) const {
    if (i == path.size()) return routes.empty() ? nullptr : this;
    if (const auto it = literals.find(path[i]); it != literals.end()) {
      if (const Node* found = it->second->find(path, i + 1, whole, values)) return found;
    }
    if (parameter && !path[i].empty()) {
      values.emplace_back(path[i]);
      if (const Node* found = parameter->find(path, i + 1, whole, values)) return found;
      values.pop_back();
    }
    if (!rest) return nullptr;
    values.emplace_back(rest_of(whole, path[i]));
    return rest.get();
  }

  bool is_tail = false;
};

namespace {

// Routes of one node may name the same parameter differently, so names come from the pattern.
std::map<std::string, std::string> name_values(std::string_view pattern,
                                               const std::vector<std::string>& values) {
  std::map<std::string, std::string> params;
  std::size_t i = 0;
  for (const auto segment : split_path(pattern)) {
    if (is_parameter(segment)) params[parameter_name(segment)] = values[i++];
  }
  return params;
}

}  // namespace

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(std::string_view methods, std::string_view pattern, RouteOptions options,
                 Handler handler) {
  for (const auto& method : split_methods(methods)) {
    auto route = std::make_unique<Route>(
        Route{method, std::string(pattern), options, handler, nullptr});
    const bool fresh = root_->grow(pattern)->routes.emplace(method, route.get()).second;
    SLUICE_ASSERT(fresh);
    routes_.push_back(std::move(route));
  }
}

void Router::add_websocket(std::string_view pattern, RouteOptions options,
                           WebSocketHandler handler) {
  auto route = std::make_unique<Route>(
      Route{"GET", std::string(pattern), options, nullptr, std::move(handler)});
  const bool fresh = root_->grow(pattern)->routes.emplace("GET", route.get()).second;
  SLUICE_ASSERT(fresh);
  routes_.push_back(std::move(route));
}

void Router::fallback(RouteOptions options, Handler handler) {
  fallback_ = std::make_unique<Route>(Route{"*", "*", options, std::move(handler), nullptr});
}

Router::Match Router::match(std::string_view method, std::string_view path) const {
  Match match;
  std::vector<std::string> values;
  const Node* node = root_->find(split_path(path), 0, path, values);
  if (node == nullptr) {
    match.route = fallback_.get();
    return match;
  }
  auto it = node->routes.find(method);
  // RFC 9110 9.3.2: HEAD is GET without the content; the server drops the body.
  if (it == node->routes.end() && method == "HEAD") it = node->routes.find("GET");
  if (it != node->routes.end()) {
    match.route = it->second;
    match.params = name_values(it->second->pattern, values);
    return match;
  }
  match.status = 405;
  for (const auto& [name, route] : node->routes) {
    match.allow += (match.allow.empty() ? "" : ", ") + name;
  }
  return match;
}

Response Router::dispatch(Request request) const {
  auto found = match(request.method, request.path);
  if (found.route == nullptr || !found.route->handler) return unmatched_response(found, request);
  request.path_params = std::move(found.params);
  return found.route->handler(request);
}

Response Router::unmatched_response(const Match& match, const Request& request) {
  if (match.route != nullptr) {
    Response response = Response::text(426, "this path speaks WebSocket only\n");
    response.headers.set("Upgrade", "websocket");
    return response;
  }
  if (match.status == 405) {
    Response response = error_response(
        invalid_argument(request.method + " is not allowed on " + request.path + "; use " +
                         match.allow));
    response.status = 405;
    response.headers.set("Allow", match.allow);
    return response;
  }
  return error_response({ErrorCode::not_found, "no such path: " + request.path});
}

const std::vector<std::unique_ptr<Route>>& Router::routes() const { return routes_; }

}  // namespace sluice::http
