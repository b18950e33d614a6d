#include "query/cli/api_client.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace sluice::query::cli {

using Json = nlohmann::json;

namespace {

constexpr std::chrono::milliseconds retry_pause{300};

// Json converts to anything, also to an Error, so the Result has to be told which it is.
Result<Json> success(Json value) {
  return Result<Json>(boost::system::in_place_value, std::move(value));
}

ErrorCode code_of_status(int status) {
  switch (status) {
    case 400:
    case 422: return ErrorCode::invalid_argument;
    case 401: return ErrorCode::unauthenticated;
    case 403: return ErrorCode::forbidden;
    case 404: return ErrorCode::not_found;
    case 409: return ErrorCode::conflict;
    case 413: return ErrorCode::too_large;
    case 415: return ErrorCode::unsupported_media;
    case 429: return ErrorCode::limit_exceeded;
    case 503: return ErrorCode::unavailable;
    case 504: return ErrorCode::timeout;
    default: return status < 500 ? ErrorCode::invalid_argument : ErrorCode::internal;
  }
}

// The message inside our errors, Prometheus' and Loki's (which are plain text).
std::string message_in(const std::string& body) {
  const Json document = Json::parse(body, nullptr, false);
  if (document.is_object()) {
    for (const char* key : {"error", "message"}) {
      if (const std::string text = text_of(document, key); !text.empty()) return text;
    }
  }
  const std::size_t end = body.find_last_not_of(" \r\n");
  return end == body.npos ? "" : body.substr(0, std::min<std::size_t>(end + 1, 500));
}

bool worth_repeating(const Result<http::ClientResponse>& outcome) {
  if (!outcome) return outcome.error().code == ErrorCode::unavailable;
  return outcome->status == 429 || outcome->status == 503;
}

Result<std::string> read_token(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return invalid_argument("cannot read the token file " + path);
  std::string token{std::istreambuf_iterator<char>(file), {}};
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  return token;
}

Result<Json> parse_body(const http::ClientResponse& response) {
  if (response.status < 200 || response.status > 299) return error_of(response);
  if (response.body.empty()) return success(nullptr);
  Json document = Json::parse(response.body, nullptr, false);
  if (document.is_discarded()) {
    return Error{ErrorCode::unavailable, "the server's answer is not JSON; is --addr right?"};
  }
  return success(std::move(document));
}

}  // namespace

Error error_of(const http::ClientResponse& response) {
  const std::string message = message_in(response.body);
  Error error{code_of_status(response.status),
              message.empty() ? "the server answered " + std::to_string(response.status) : message};
  if (error.code == ErrorCode::unauthenticated) error.message += " (see --token-file)";
  return error;
}

Error plain_message(Error error) {
  const std::size_t at = error.message.find(": {");
  if (at == error.message.npos) return error;
  const std::string document = error.message.substr(at + 2);
  const std::string message = message_in(document);
  if (message != document) error.message = message;
  return error;
}

std::string target_of(const std::string& path, const http::Params& params) {
  const std::string query = params.encode();
  return query.empty() ? path : path + "?" + query;
}

Result<http::ClientRequest> ApiClient::request(const std::string& method,
                                               const std::string& target) const {
  const GlobalOptions& o = context_.options;
  http::ClientRequest request;
  request.method = method;
  std::string base = o.addr;
  while (!base.empty() && base.back() == '/') base.pop_back();
  if (base.find("://") == base.npos) base.insert(0, "http://");
  request.url = base + target;
  request.timeout = timeout_;
  request.cancel = context_.stop;
  if (labels_apart_) request.headers.set("X-Loki-Response-Encoding-Flags", "categorize-labels");
  if (!o.tenant.empty()) request.headers.set("X-Scope-OrgID", o.tenant);
  if (!o.token_file.empty()) {
    SLUICE_TRY(const std::string token, read_token(o.token_file));
    request.headers.set("Authorization", "Bearer " + token);
  }
  return request;
}

Result<http::ClientResponse> ApiClient::send(const std::string& method, const std::string& target,
                                             std::string body, const std::string& content_type) {
  SLUICE_TRY(http::ClientRequest request, this->request(method, target));
  request.body = std::move(body);
  if (!content_type.empty()) request.headers.set("Content-Type", content_type);
  return context_.client->request(std::move(request));
}

Result<http::ClientResponse> ApiClient::send_with_retries(const std::string& target) {
  auto outcome = send("GET", target);
  for (int attempt = 1; attempt <= retries_ && worth_repeating(outcome); ++attempt) {
    context_.sleep(retry_pause * attempt);
    if (context_.stop.stop_requested()) return Error{ErrorCode::cancelled, "interrupted"};
    outcome = send("GET", target);
  }
  return outcome;
}

Result<http::ClientResponse> ApiClient::stream(const std::string& target, const std::string& accept,
                                               const std::function<bool(std::string_view)>& on_data,
                                               const std::function<bool()>& restart) {
  for (int attempt = 1;; ++attempt) {
    SLUICE_TRY(http::ClientRequest request, this->request("GET", target));
    request.headers.set("Accept", accept);
    auto outcome = context_.client->stream(std::move(request), on_data);
    if (attempt > retries_ || !worth_repeating(outcome) || !restart()) return outcome;
    context_.sleep(retry_pause * attempt);
    if (context_.stop.stop_requested()) return Error{ErrorCode::cancelled, "interrupted"};
  }
}

Result<Json> ApiClient::get(const std::string& path, const http::Params& params) {
  SLUICE_TRY(const auto response, send_with_retries(target_of(path, params)));
  return parse_body(response);
}

Result<Json> ApiClient::post(const std::string& path, const Json& body) {
  SLUICE_TRY(const auto response, send("POST", path, body.dump(), "application/json"));
  return parse_body(response);
}

Result<Json> data_of(Json document) {
  if (!document.is_object() || !document.contains("data")) {
    return Error{ErrorCode::unavailable, "the server's answer has no data; is --addr right?"};
  }
  return success(std::move(document["data"]));
}

LabelSet labels_from(const Json& object) {
  LabelSet labels;
  if (!object.is_object()) return labels;
  for (const auto& [name, value] : object.items()) {
    if (value.is_string()) labels.set(name, value.get_ref<const std::string&>());
  }
  return labels;
}

double number_of(const Json& value) {
  if (value.is_number()) return value.get<double>();
  return value.is_string() ? std::strtod(value.get_ref<const std::string&>().c_str(), nullptr) : 0;
}

std::string text_of(const Json& object, const char* key) {
  if (!object.is_object()) return "";
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

}  // namespace sluice::query::cli
