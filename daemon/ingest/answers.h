// Answers to pushes: plain text, as Loki and Prometheus give them.
#pragma once

#include <cstdint>
#include <string>

#include "base/http/message.h"

namespace sluice::ingest {

// "application/json; charset=UTF-8" -> "application/json", lower case.
std::string media_type(std::string_view content_type);

// Status of the error, its message as text, Retry-After on 429 and 503.
http::Response error_answer(const Error& error);
void set_high_water(http::Response& response, std::uint64_t high_water);

}  // namespace sluice::ingest
