// plan_request: everything that is decided about a request when its head is known and its body is
// not: route, identity, role, limits, encoding, upgrade. Pure, so that each rule is one table row
// in a test.
#pragma once

#include <optional>

#include "base/http/auth.h"
#include "base/http/request_parser.h"
#include "base/http/router.h"

namespace sluice::http {

struct Plan {
  const Route* route = nullptr;
  Request request;                  // all but body and cancel
  std::optional<Response> refusal;  // set: answer this and do not read the body
  std::string token_name;           // for the access log
  bool expects_continue = false;
  bool websocket = false;
  bool keep_alive = false;          // what the client wishes
  bool head_only = false;           // HEAD
  bool has_body = false;
  std::size_t content_length = 0;   // 0 when chunked
  int version = 11;
};

Plan plan_request(const Router& router, const Authenticator& authenticator, RequestHead head);

// For a urlencoded POST (or PUT) the body's parameters follow those of the URL.
void add_form_parameters(Request& request);

}  // namespace sluice::http
