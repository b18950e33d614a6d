#include "base/telemetry/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <cmath>
#include <memory>

#include "base/codec/json_writer.h"
#include "base/types/time.h"

namespace sluice {

namespace {

// Lines are laid out here and not by spdlog's patterns: fields need escaping that patterns lack.
struct Logging {
  spdlog::logger logger{"sluice", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
  std::atomic<LogFormat> format{LogFormat::logfmt};

  Logging() {
    logger.set_pattern("%v");
    logger.flush_on(spdlog::level::debug);
  }
};

// Never destroyed: threads that end after main() may still log.
Logging& logging() {
  static Logging& state = *new Logging;
  return state;
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warn: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warn: return "warn";
    case LogLevel::error: return "error";
  }
  return "info";
}

bool bare_in_logfmt(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7F || c == '"' || c == '=' || c == '\\') return false;
  }
  return !text.empty();
}

void append_logfmt(std::string& out, std::string_view key, std::string_view value) {
  if (!out.empty()) out += ' ';
  out += key;
  out += '=';
  if (bare_in_logfmt(value))
    out += value;
  else
    append_json_string(out, value);
}

std::string logfmt_line(LogLevel level, std::string_view message,
                        std::initializer_list<LogField> fields) {
  std::string line;
  append_logfmt(line, "ts", format_rfc3339(system_clock().now()));
  append_logfmt(line, "level", level_name(level));
  append_logfmt(line, "msg", message);
  for (const LogField& field : fields) append_logfmt(line, field.key, field.value);
  return line;
}

std::string json_line(LogLevel level, std::string_view message,
                      std::initializer_list<LogField> fields) {
  JsonWriter json;
  json.begin_object().key("ts").string(format_rfc3339(system_clock().now()));
  json.key("level").string(level_name(level)).key("msg").string(message);
  for (const LogField& field : fields) {
    json.key(field.key);
    if (field.quoted)
      json.string(field.value);
    else
      json.raw(field.value);
  }
  json.end_object();
  return json.take();
}

}  // namespace

// JSON has no NaN and no infinities; those stand as strings.
LogField::LogField(std::string_view k, double v)
    : key(k), value(format_sample_value(v)), quoted(!std::isfinite(v)) {}

LogField::LogField(std::string_view k, const Error& e)
    : key(k), value(e.message + " (" + std::string(to_string(e.code)) + ")") {}

void configure_logging(LogLevel level, LogFormat format) {
  logging().format = format;
  logging().logger.set_level(spdlog_level(level));
}

Result<LogLevel> parse_log_level(std::string_view text) {
  for (const LogLevel level : {LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error})
    if (text == level_name(level)) return level;
  return invalid_argument("unknown log level \"" + std::string(text) +
                          "\"; use debug, info, warn or error");
}

bool log_enabled(LogLevel level) { return logging().logger.should_log(spdlog_level(level)); }

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!log_enabled(level)) return;
  const std::string line = logging().format == LogFormat::json
                               ? json_line(level, message, fields)
                               : logfmt_line(level, message, fields);
  logging().logger.log(spdlog_level(level), spdlog::string_view_t(line));
}

}  // namespace sluice
