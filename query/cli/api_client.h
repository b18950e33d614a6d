// ApiClient: the server's HTTP API as the commands use it: JSON in and out, errors with the
// server's own words, a few retries where asking again is harmless.
#pragma once

#include <chrono>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "base/http/client.h"
#include "base/http/message.h"
#include "base/types/labels.h"
#include "query/cli/command.h"

namespace sluice::query::cli {

class ApiClient {
 public:
  explicit ApiClient(Context& context) : context_(context) {}

  // GET is repeated (twice, after a pause) when the server cannot be reached or says 429 or 503.
  Result<nlohmann::json> get(const std::string& path, const http::Params& params = {});
  Result<nlohmann::json> post(const std::string& path, const nlohmann::json& body);
  // One exchange, any status, no retry.
  Result<http::ClientResponse> send(const std::string& method, const std::string& target,
                                    std::string body = {}, const std::string& content_type = {});
  // GET with the body handed over as it comes. Repeated like get(), each time if `restart` says so.
  Result<http::ClientResponse> stream(const std::string& target, const std::string& accept,
                                      const std::function<bool(std::string_view)>& on_data,
                                      const std::function<bool()>& restart);
  // The same as a request to be streamed or upgraded.
  Result<http::ClientRequest> request(const std::string& method, const std::string& target) const;

  // How long one exchange may take.
  void set_timeout(std::chrono::milliseconds timeout) { timeout_ = timeout; }
  void set_retries(int retries) { retries_ = retries; }
  // Lines with the labels of their streams apart from what was parsed of them.
  void set_stream_labels_apart() { labels_apart_ = true; }

 private:
  Result<http::ClientResponse> send_with_retries(const std::string& target);

  Context& context_;
  std::chrono::milliseconds timeout_{60'000};
  int retries_ = 2;
  bool labels_apart_ = false;
};

// The Error a non-2xx response stands for, with the message out of its body.
Error error_of(const http::ClientResponse& response);

// The same error with a JSON document at the end of its message (the client quotes a refused
// upgrade so) replaced by the message in that document.
Error plain_message(Error error);

// "/path?a=b"
std::string target_of(const std::string& path, const http::Params& params);

// The "data" of Prometheus' and Loki's {"status":"success","data":...}.
Result<nlohmann::json> data_of(nlohmann::json document);

// The string members of an object, as labels.
LabelSet labels_from(const nlohmann::json& object);
// A number in a JSON document that may also be written as a string, 0 if it is neither.
double number_of(const nlohmann::json& value);
// A string member, "" if absent, null or something else.
std::string text_of(const nlohmann::json& object, const char* key);

}  // namespace sluice::query::cli
