// Response heads and chunks as bytes; pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/http/message.h"

namespace sluice::http {

struct Framing {
  int version = 11;         // the client's
  bool head_only = false;   // HEAD: the head says what GET would, no body follows
  bool keep_alive = true;
};

// How the body is delimited, given the response and the client.
enum class BodyKind { none, length, chunked, until_close };
BodyKind body_kind(const Response& response, const Framing& framing);

// "HTTP/1.1 200 OK\r\n...\r\n\r\n". Framing headers a handler set are replaced; control characters
// in header values become spaces, so no value can start a new header.
std::string serialize_head(const Response& response, const Framing& framing);

// "Name: value\r\n", with control characters of the value as spaces.
void append_field(std::string& out, std::string_view name, std::string_view value);

// One chunk (RFC 9112 7.1); the empty string ends the body.
std::string chunk(std::string_view data);

std::string_view reason_phrase(int status);
// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7), of the given Unix second.
std::string http_date(std::int64_t unix_seconds);

}  // namespace sluice::http
