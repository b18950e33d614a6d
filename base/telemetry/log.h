// Structured logging: a message and fields, as logfmt (default) or JSON lines on stderr.
//
//   log_info("listening", {{"addr", addr}, {"tls", false}});
//
// spdlog underneath, in log.cc only. Safe from any thread. Levels: debug, info, warn, error.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/types/result.h"

namespace sluice {

enum class LogLevel { debug, info, warn, error };
enum class LogFormat { logfmt, json };

// One key=value of a log line; converts from what is commonly logged.
struct LogField {
  std::string_view key;
  std::string value;
  bool quoted = true;  // strings; numbers and booleans stand bare in JSON

  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(v) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(v) {}
  LogField(std::string_view k, bool v) : key(k), value(v ? "true" : "false"), quoted(false) {}
  LogField(std::string_view k, double v);
  LogField(std::string_view k, const Error& e);
  template <class I>
    requires std::is_integral_v<I>
  LogField(std::string_view k, I v) : key(k), value(std::to_string(v)), quoted(false) {}
};

void configure_logging(LogLevel level, LogFormat format);
Result<LogLevel> parse_log_level(std::string_view text);
bool log_enabled(LogLevel level);
void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields);

inline void log_debug(std::string_view message, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::debug, message, fields);
}
inline void log_info(std::string_view message, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::info, message, fields);
}
inline void log_warn(std::string_view message, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::warn, message, fields);
}
inline void log_error(std::string_view message, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::error, message, fields);
}

}  // namespace sluice
