#include "query/cli/time_spec.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <optional>

namespace sluice::query::cli {

namespace {

std::tm broken_down(Timestamp t) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
  std::tm tm{};
  localtime_r(&seconds, &tm);
  return tm;
}

// A bare number counts from the epoch; its size tells the unit, as Loki's API does it.
std::optional<Timestamp> parse_epoch(std::string_view text) {
  double value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc() || end != text.data() + text.size()) return std::nullopt;
  std::int64_t whole = 0;
  const auto integer = std::from_chars(text.data(), text.data() + text.size(), whole);
  const bool is_integer = integer.ptr == text.data() + text.size();
  if (is_integer && std::fabs(value) >= 1e17) return from_unix_ns(whole);
  if (is_integer && std::fabs(value) >= 1e11) return Timestamp(std::chrono::milliseconds(whole));
  if (std::fabs(value) >= 1e11) return std::nullopt;
  return from_unix_ns(static_cast<std::int64_t>(std::llround(value * 1e6)) * 1000);
}

// "2026-01-02T03:04:05", "2026-01-02 03:04" or "2026-01-02", without an offset.
std::optional<Timestamp> parse_local(const std::string& text) {
  for (const char* format :
       {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"}) {
    std::tm tm{};
    tm.tm_isdst = -1;
    const char* end = ::strptime(text.c_str(), format, &tm);
    if (end == nullptr || *end != '\0') continue;
    const std::time_t seconds = std::mktime(&tm);
    if (seconds == -1) return std::nullopt;
    return Timestamp(std::chrono::seconds(seconds));
  }
  return std::nullopt;
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  if (auto go = parse_go_duration(text)) return go;
  auto prometheus = parse_prometheus_duration(text);
  if (prometheus) return prometheus;
  return invalid_argument("\"" + std::string(text) + "\" is not a duration such as 90s, 15m or 7d");
}

Result<Timestamp> parse_time(std::string_view text, Timestamp now) {
  if (text == "now") return now;
  if (text.starts_with("now-")) {
    SLUICE_TRY(const Duration ago, parse_duration(text.substr(4)));
    return now - ago;
  }
  if (const auto epoch = parse_epoch(text)) return *epoch;
  if (auto absolute = parse_rfc3339(text)) return absolute;
  if (const auto local = parse_local(std::string(text))) return *local;
  return invalid_argument("\"" + std::string(text) +
                          "\" is not a time; use 2026-01-02T03:04:05Z, 2026-01-02, now-1h or "
                          "seconds since 1970");
}

Result<TimeRange> resolve_range(const RangeFlags& flags, Timestamp now) {
  TimeRange range;
  range.end = now;
  if (!flags.to.empty()) {
    SLUICE_TRY(range.end, parse_time(flags.to, now));
  }
  if (flags.from.empty()) {
    SLUICE_TRY(const Duration since, parse_duration(flags.since));
    range.start = range.end - since;
  } else {
    SLUICE_TRY(range.start, parse_time(flags.from, now));
  }
  if (range.start >= range.end) {
    return invalid_argument("the range is empty: it begins at " + format_rfc3339(range.start) +
                            " and ends at " + format_rfc3339(range.end));
  }
  return range;
}

Result<void> use_timezone(const std::string& name) {
  if (name == "Local" || name == "local") return {};
  if (name != "UTC" && !std::filesystem::is_regular_file("/usr/share/zoneinfo/" + name)) {
    return invalid_argument("no time zone \"" + name +
                            "\"; use Local, UTC or a name such as "
                            "Europe/Berlin");
  }
  ::setenv("TZ", name.c_str(), 1);
  ::tzset();
  return {};
}

namespace {

std::string zone_of(const std::tm& tm) {
  if (tm.tm_gmtoff == 0) return "Z";
  const long minutes = std::labs(tm.tm_gmtoff) / 60;
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%c%02ld:%02ld", tm.tm_gmtoff < 0 ? '-' : '+',
                minutes / 60, minutes % 60);
  return text.data();
}

// With so many digits of the fraction of a second.
std::string format_digits(Timestamp t, int digits) {
  const std::tm tm = broken_down(t);
  const Timestamp second = std::chrono::floor<std::chrono::seconds>(t);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%09d", tm.tm_year + 1900,
                tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
                static_cast<int>((t - second).count()));
  std::string out = text.data();
  out.resize(out.size() - 9 + static_cast<std::size_t>(digits));
  return out + zone_of(tm);
}

std::string format_pattern(Timestamp t, const std::string& pattern) {
  const std::tm tm = broken_down(t);
  std::array<char, 256> text{};
  return {text.data(), std::strftime(text.data(), text.size(), pattern.c_str(), &tm)};
}

}  // namespace

std::string format_local(Timestamp t) {
  return format_digits(t, 3);
}

Result<TimeFormat> parse_time_format(std::string_view text) {
  using Kind = TimeFormat::Kind;
  constexpr std::pair<std::string_view, Kind> names[] = {
      {"rfc3339", Kind::milliseconds}, {"rfc3339nano", Kind::nanoseconds}, {"unix", Kind::unix_s},
      {"unixms", Kind::unix_ms},       {"unixns", Kind::unix_ns},
  };
  for (const auto& [name, kind] : names)
    if (text == name) return TimeFormat{kind, {}};
  if (text.find('%') != text.npos) return TimeFormat{Kind::pattern, std::string(text)};
  return invalid_argument("time format \"" + std::string(text) +
                          "\" is none of rfc3339, rfc3339nano, unix, unixms, unixns, and no "
                          "pattern such as %H:%M:%S");
}

std::string format_time(Timestamp t, const TimeFormat& format) {
  using namespace std::chrono;
  switch (format.kind) {
    case TimeFormat::Kind::milliseconds: return format_digits(t, 3);
    case TimeFormat::Kind::nanoseconds: return format_digits(t, 9);
    case TimeFormat::Kind::unix_s:
      return std::to_string(floor<seconds>(t).time_since_epoch().count());
    case TimeFormat::Kind::unix_ms:
      return std::to_string(floor<milliseconds>(t).time_since_epoch().count());
    case TimeFormat::Kind::unix_ns: return std::to_string(unix_ns(t));
    case TimeFormat::Kind::pattern: return format_pattern(t, format.pattern);
  }
  return {};
}

std::string format_clock(Timestamp t) {
  const std::tm tm = broken_down(t);
  std::array<char, 16> text{};
  std::strftime(text.data(), text.size(), "%H:%M:%S", &tm);
  return text.data();
}

std::string format_when(const std::string& rfc3339) {
  const auto time = parse_rfc3339(rfc3339);
  if (!time) return rfc3339;
  const std::tm tm = broken_down(*time);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &tm);
  return text.data();
}

std::string format_rough(Duration d) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(d).count();
  if (seconds < 0) return "-" + format_rough(-d);
  const auto text = [](std::int64_t n, const char* unit) { return std::to_string(n) + unit; };
  if (seconds < 60) return text(seconds, "s");
  if (seconds < 3600) return text(seconds / 60, "m");
  if (seconds < 86400) {
    const auto minutes = seconds % 3600 / 60;
    return text(seconds / 3600, "h") + (minutes > 0 ? text(minutes, "m") : "");
  }
  return text(seconds / 86400, "d");
}

}  // namespace sluice::query::cli
