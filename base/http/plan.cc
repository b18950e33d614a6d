#include "base/http/plan.h"

#include "base/http/content_encoding.h"
#include "base/http/text.h"

namespace sluice::http {

namespace {

Response refuse(int status, std::string message) {
  Response response = error_response(invalid_argument(std::move(message)));
  response.status = status;
  return response;
}

// origin-form "/path?query" of a target that may be absolute-form (RFC 9112 3.2); "" if neither.
std::string_view origin_form(std::string_view target) {
  if (target.starts_with('/')) return target;
  const std::size_t scheme = target.find("://");
  if (scheme == target.npos || scheme > 5) return {};
  const std::size_t path = target.find('/', scheme + 3);
  return path == target.npos ? "/" : target.substr(path);
}

std::optional<Response> malformed(const RequestHead& head) {
  if (origin_form(head.target).empty()) return refuse(400, "malformed request target");
  if (head.version == 11 && !head.headers.has("Host")) return refuse(400, "no Host header");
  const std::string_view coding = head.headers.get("Transfer-Encoding");
  // A coding we do not undo would leave the message's end unknown: request smuggling.
  if (!coding.empty() && lower_case(trim(coding)) != "chunked") {
    return refuse(501, "Transfer-Encoding other than chunked is not supported");
  }
  const std::string_view expect = head.headers.get("Expect");
  if (!expect.empty() && lower_case(trim(expect)) != "100-continue") {
    return refuse(417, "only Expect: 100-continue is supported");
  }
  return std::nullopt;
}

bool asks_for_websocket(const RequestHead& head) {
  return has_token(head.headers.get("Connection"), "upgrade") &&
         lower_case(trim(head.headers.get("Upgrade"))) == "websocket";
}

void fill_request(Request& request, RequestHead& head, std::string_view origin) {
  const std::size_t question = std::min(origin.find('?'), origin.size());
  request.path = percent_decode(origin.substr(0, question), false);
  request.query = Params::parse(origin.substr(std::min(question + 1, origin.size())));
  request.method = std::move(head.method);
  request.headers = std::move(head.headers);
}

std::optional<Response> authorize(Plan& plan, const Authenticator& authenticator) {
  Request& request = plan.request;
  auto identity = authenticator.identify(request.headers.get("Authorization"),
                                         request.headers.get("X-Scope-OrgID"));
  const Role need = plan.route->options.role;
  if (!identity) {
    if (need != Role::none) return error_response(identity.error());
    request.role = Role::none;
    return std::nullopt;
  }
  if (!allows(identity->role, need)) {
    return error_response({ErrorCode::forbidden,
                           "token \"" + identity->name + "\" has not the role this path needs"});
  }
  request.role = identity->role;
  request.tenant = identity->tenant;
  plan.token_name = identity->name;
  return std::nullopt;
}

std::optional<Response> check_body(const Plan& plan, const std::optional<std::uint64_t>& length) {
  const std::size_t limit = plan.route->options.max_body;
  if (length && *length > limit) {
    return error_response({ErrorCode::too_large, "body of " + std::to_string(*length) +
                                                     " bytes exceeds the limit of " +
                                                     std::to_string(limit)});
  }
  const std::string_view encoding = plan.request.headers.get("Content-Encoding");
  if (!known_encoding(encoding)) {
    return error_response({ErrorCode::unsupported_media,
                           "Content-Encoding \"" + std::string(encoding) +
                               "\" is not supported; use gzip, deflate, zstd or snappy"});
  }
  return std::nullopt;
}

}  // namespace

Plan plan_request(const Router& router, const Authenticator& authenticator, RequestHead head) {
  Plan plan;
  plan.keep_alive = head.keep_alive;
  plan.version = head.version;
  plan.head_only = head.method == "HEAD";
  plan.has_body = head.has_body;
  plan.content_length = static_cast<std::size_t>(head.content_length.value_or(0));
  plan.expects_continue = head.version == 11 && head.has_body && head.headers.has("Expect");
  const bool upgrade = asks_for_websocket(head);
  plan.refusal = malformed(head);

  const std::string target = std::move(head.target);
  plan.request.target = target;
  const std::string_view origin = origin_form(target);
  fill_request(plan.request, head, origin);
  if (plan.refusal) {
    plan.keep_alive = false;
    return plan;
  }
  // Matched before decoding, so that an encoded slash stays inside its segment.
  auto match = router.match(plan.request.method, origin.substr(0, origin.find('?')));
  plan.route = match.route;
  plan.websocket = upgrade && match.route != nullptr && match.route->websocket != nullptr;
  if (match.route == nullptr || (match.route->websocket && !upgrade)) {
    plan.refusal = Router::unmatched_response(match, plan.request);
    return plan;
  }
  for (const auto& [name, value] : match.params) {
    plan.request.path_params[name] = percent_decode(value, false);
  }
  plan.refusal = authorize(plan, authenticator);
  if (!plan.refusal) plan.refusal = check_body(plan, head.content_length);
  if (!plan.refusal && plan.websocket && head.has_body) {
    plan.refusal = refuse(400, "a WebSocket upgrade has no body");
  }
  return plan;
}

void add_form_parameters(Request& request) {
  const std::string_view type = request.headers.get("Content-Type");
  if (lower_case(trim(type.substr(0, type.find(';')))) != "application/x-www-form-urlencoded")
    return;
  for (const auto& [name, value] : Params::parse(request.body)) request.query.add(name, value);
}

}  // namespace sluice::http
