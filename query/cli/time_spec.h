// Times on the command line and in its output.
#pragma once

#include <string>
#include <string_view>

#include "base/types/time.h"

namespace sluice::query::cli {

// "now", "now-1h", RFC 3339, "2026-01-02T03:04:05" and "2026-01-02" in the chosen time zone, Unix
// seconds (also fractional), milliseconds or nanoseconds.
Result<Timestamp> parse_time(std::string_view text, Timestamp now);

// "1h30m", "90s", "7d".
Result<Duration> parse_duration(std::string_view text);

struct RangeFlags {
  std::string since = "1h";
  std::string from;
  std::string to;
};
// [from, to), where `from` defaults to `to` - since and `to` to now. from must lie before to.
Result<TimeRange> resolve_range(const RangeFlags& flags, Timestamp now);

// Which zone local times are read and written in, for the whole process: "Local", "UTC", or a name
// of the zone database. Call before threads start.
Result<void> use_timezone(const std::string& name);

// "2026-01-02T03:04:05.678+01:00" in the chosen zone, "Z" for UTC.
std::string format_local(Timestamp t);
// An RFC 3339 text in the chosen zone, to the second: "2026-01-02 03:04:05". Other text as it is.
std::string format_when(const std::string& rfc3339);
// How times of lines are printed (--time-format): rfc3339, to the millisecond, in the chosen zone;
// rfc3339nano; unix, unixms, unixns; or a pattern of strftime's.
struct TimeFormat {
  enum class Kind { milliseconds, nanoseconds, unix_s, unix_ms, unix_ns, pattern };
  Kind kind = Kind::milliseconds;
  std::string pattern;
};
// A pattern has a % in it. Error(invalid_argument) names the choice.
Result<TimeFormat> parse_time_format(std::string_view text);
std::string format_time(Timestamp t, const TimeFormat& format);
// "03:04:05"
std::string format_clock(Timestamp t);
// "3m", "2h5m", "4d": how long ago something was, roughly.
std::string format_rough(Duration d);

}  // namespace sluice::query::cli
