// Request and Response: what a handler sees of HTTP. No Beast, no Asio.
//
// A handler is a plain function Request -> Response that runs on the pool its route names and may
// block there (commit, query). It never runs on an I/O thread. The body is complete, decompressed
// and within the route's limit before the handler is called.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/types/ids.h"
#include "base/types/result.h"

namespace sluice::http {

// Header fields in arrival order; names compare without case.
class Headers {
 public:
  std::string_view get(std::string_view name) const;  // "" if absent; the first if several
  bool has(std::string_view name) const;
  void set(std::string_view name, std::string_view value);  // replaces
  void add(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// Decoded query-string or form parameters, in order, names may repeat (match[]=a&match[]=b).
class Params {
 public:
  static Params parse(std::string_view urlencoded);
  std::optional<std::string> get(std::string_view name) const;  // the first
  std::string get_or(std::string_view name, std::string_view fallback) const;
  std::vector<std::string> all(std::string_view name) const;
  bool has(std::string_view name) const { return get(name).has_value(); }
  void add(std::string name, std::string value);
  std::string encode() const;
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> items_;
};

std::string percent_decode(std::string_view text, bool plus_is_space);
std::string percent_encode(std::string_view text);

// What a token may do; see docs/guide/security.md. With no tokens configured everybody is admin.
enum class Role { none, ingest, read, admin };

struct Request {
  std::string method;  // "GET"
  std::string path;    // decoded, without the query
  std::string target;  // as it came
  Params query;        // of the URL; for a urlencoded POST the body's parameters follow
  std::map<std::string, std::string> path_params;  // of the route: {name}
  Headers headers;
  std::string body;  // decompressed
  // Content-Encoding as it came, which `body` no longer has. Loki's push tells by it whether the
  // body was snappy already.
  std::string content_encoding;
  std::string remote;  // peer address "127.0.0.1:4711"
  Role role = Role::admin;
  TenantId tenant = default_tenant();  // from X-Scope-OrgID, checked against the token's binding
  // How long it waited for a thread of its pool.
  std::chrono::nanoseconds queued{0};
  // Stops when the client is gone, the request's deadline passed, or the server is going down.
  std::stop_token cancel;
};

// The next piece of a streamed body; nullopt ends it. Called on the route's pool, one call at a
// time; an Error ends the connection without the final chunk, so the client sees the truncation.
using BodySource = std::function<Result<std::optional<std::string>>()>;

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  BodySource stream;  // if set, sent chunked after `body`

  static Response text(int status, std::string body);
  static Response json(int status, std::string body);
  static Response no_content();
};

// HTTP status for an Error (400, 413, 429, 503, ...).
int status_of(ErrorCode code);
// Native errors: {"status":"error","errorType":"...","error":"..."}, with Retry-After on 429/503.
Response error_response(const Error& error);

}  // namespace sluice::http
