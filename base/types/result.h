// Result<T>: the value of an operation that may fail for expected reasons, or an Error.
//
// Expected failures (bad input, full disk, peer gone) travel as Error; exceptions are for
// constructors and bugs and are caught at task roots. Propagate with SLUICE_TRY:
//
//   SLUICE_TRY(auto labels, parse_labels(text));   // returns the Error to the caller
//   SLUICE_CHECK(store.commit(step));              // the same for Result<void>
//
// Thread-compatible, like the standard types it is made of.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <string_view>

namespace sluice {

// What kind of failure it is; http/status mapping and exit codes derive from it.
enum class ErrorCode {
  invalid_argument,   // the caller's input is wrong (400)
  parse,              // text that does not parse; message says line:column (400)
  unauthenticated,    // no or unknown credentials (401)
  forbidden,          // known, but not allowed (403)
  not_found,          // (404)
  conflict,           // contradicts what is stored (409)
  too_large,          // body, line or result over its limit (413)
  unsupported_media,  // content type or encoding we do not speak (415)
  limit_exceeded,     // a rate or budget is used up; retry later (429)
  internal,           // a bug or an unexpected condition (500)
  unavailable,        // cannot serve now; retry later (503)
  no_space,           // the disk is full; retry later (503)
  timeout,            // deadline passed (504)
  cancelled,          // the client went away (499)
  corrupt,            // stored bytes failed their check (500)
  io,                 // the operating system said no (500)
};

std::string_view to_string(ErrorCode code);

struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;

  // The same error seen from one level up: "reading rules.yaml: <message>".
  Error within(std::string_view context) &&;
};

// Called by boost::system::result::value() on an error: that is a bug in the caller.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location&);

template <class T>
using Result = boost::system::result<T, Error>;

inline Error invalid_argument(std::string message) {
  return {ErrorCode::invalid_argument, std::move(message)};
}

}  // namespace sluice

#define SLUICE_CONCAT_(a, b) a##b
#define SLUICE_CONCAT(a, b) SLUICE_CONCAT_(a, b)
#define SLUICE_TRY_(tmp, decl, ...)               \
  auto tmp = (__VA_ARGS__);                       \
  if (!tmp) return std::move(tmp).error();        \
  decl = std::move(*tmp)
#define SLUICE_TRY(decl, ...) SLUICE_TRY_(SLUICE_CONCAT(try_, __COUNTER__), decl, __VA_ARGS__)
// __COUNTER__, not __LINE__: a lambda inside the argument may use the macro again.
#define SLUICE_CHECK_(tmp, ...)                \
  do {                                         \
    auto tmp = (__VA_ARGS__);                  \
    if (!tmp) return std::move(tmp).error();   \
  } while (false)
#define SLUICE_CHECK(...) SLUICE_CHECK_(SLUICE_CONCAT(check_, __COUNTER__), __VA_ARGS__)
