#include "daemon/ingest/answers.h"

#include <algorithm>

#include "base/types/ascii.h"
#include "base/wire/batch_identity.h"

namespace sluice::ingest {

namespace {

// Seals take a second or two; a full disk takes longer, but senders back off by themselves.
constexpr const char* retry_after_seconds = "2";

}  // namespace

std::string media_type(std::string_view content_type) {
  std::string type = lower_case(content_type.substr(0, content_type.find(';')));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  return type;
}

http::Response error_answer(const Error& error) {
  auto response = http::Response::text(http::status_of(error.code), error.message + "\n");
  if (response.status == 429 || response.status == 503)
    response.headers.set("Retry-After", retry_after_seconds);
  return response;
}

void set_high_water(http::Response& response, std::uint64_t high_water) {
  response.headers.set(high_water_header, std::to_string(high_water));
}

}  // namespace sluice::ingest
