// RequestParser: HTTP/1.1 request bytes in, head and body out. Beast's parser behind our own type;
// it lives in server.cc. No I/O. One request per parser.
//
// Feed it what has arrived, drop what it consumed, present the rest again with more behind it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/http/message.h"

namespace sluice::http {

struct RequestHead {
  std::string method;
  std::string target;
  Headers headers;
  int version = 11;  // 10 or 11
  bool keep_alive = false;
  bool has_body = false;
  std::optional<std::uint64_t> content_length;  // absent: no body, or chunked
};

enum class ParseState { need_more, head, complete, failed };

class RequestParser {
 public:
  explicit RequestParser(std::size_t max_header_bytes);
  ~RequestParser();

  struct Step {
    ParseState state = ParseState::need_more;
    std::size_t consumed = 0;
    Response refusal;  // when failed: 400, 413 or 431
  };
  Step feed(std::string_view bytes);

  RequestHead take_head();               // once, after ParseState::head
  void body_limit(std::size_t bytes);    // once, after ParseState::head
  std::size_t body_size() const;         // bytes so far
  std::string take_body();

  struct Impl;
  Impl& impl() { return *impl_; }        // for the WebSocket handshake, in server.cc

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::http
