#include "base/types/result.h"

#include <stdexcept>

namespace sluice {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument: return "invalid_argument";
    case ErrorCode::parse: return "parse";
    case ErrorCode::unauthenticated: return "unauthenticated";
    case ErrorCode::forbidden: return "forbidden";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::conflict: return "conflict";
    case ErrorCode::too_large: return "too_large";
    case ErrorCode::unsupported_media: return "unsupported_media";
    case ErrorCode::limit_exceeded: return "limit_exceeded";
    case ErrorCode::internal: return "internal";
    case ErrorCode::unavailable: return "unavailable";
    case ErrorCode::no_space: return "no_space";
    case ErrorCode::timeout: return "timeout";
    case ErrorCode::cancelled: return "cancelled";
    case ErrorCode::corrupt: return "corrupt";
    case ErrorCode::io: return "io";
  }
  return "unknown";
}

Error Error::within(std::string_view context) && {
  message.insert(0, std::string(context) + ": ");
  return std::move(*this);
}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  throw std::logic_error("unchecked error at " + where.to_string() + ": " + error.message);
}

}  // namespace sluice
