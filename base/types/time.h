// Points in time and the clock that tells them.
//
// Logs are stamped in nanoseconds (Timestamp); Prometheus samples in milliseconds (TimestampMs).
// Both count from the Unix epoch, UTC. Code that needs "now" is given a Clock, so tests own time.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/types/result.h"

namespace sluice {

using Duration = std::chrono::nanoseconds;
using Timestamp = std::chrono::sys_time<std::chrono::nanoseconds>;
using TimestampMs = std::chrono::sys_time<std::chrono::milliseconds>;

inline constexpr Timestamp from_unix_ns(std::int64_t ns) { return Timestamp{Duration{ns}}; }
inline constexpr std::int64_t unix_ns(Timestamp t) { return t.time_since_epoch().count(); }
inline constexpr TimestampMs from_unix_ms(std::int64_t ms) {
  return TimestampMs{std::chrono::milliseconds{ms}};
}
inline constexpr std::int64_t unix_ms(TimestampMs t) { return t.time_since_epoch().count(); }
inline constexpr TimestampMs to_ms(Timestamp t) {
  return std::chrono::floor<std::chrono::milliseconds>(t);
}

// [start, end): the start belongs to the range, the end does not.
struct TimeRange {
  Timestamp start = Timestamp::min();
  Timestamp end = Timestamp::max();

  bool contains(Timestamp t) const { return start <= t && t < end; }
  bool overlaps(Timestamp first, Timestamp last) const { return first < end && start <= last; }
  friend bool operator==(const TimeRange&, const TimeRange&) = default;
};

// Wall clock. Implementations are safe to call from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

// The machine's clock.
Clock& system_clock();

// A clock that stands still until told. For tests and backtests.
class ManualClock : public Clock {
 public:
  explicit ManualClock(Timestamp start) : now_(unix_ns(start)) {}
  Timestamp now() const override;
  void advance(Duration by);
  void set(Timestamp t);

 private:
  std::int64_t now_;  // accessed atomically
};

// Prometheus durations: "1h30m", "15s", "250ms", "1d", "1w", "1y"; units fall from large to small,
// each at most once. Loki's also take ns and us/µs and decimals ("1.5h"), see parse_go_duration.
Result<Duration> parse_prometheus_duration(std::string_view text);
Result<Duration> parse_go_duration(std::string_view text);
std::string format_prometheus_duration(Duration d);

// RFC 3339 with up to nanosecond digits, "Z" or an offset; format_rfc3339 writes UTC and drops
// trailing zero digits ("2026-01-02T03:04:05.5Z").
Result<Timestamp> parse_rfc3339(std::string_view text);
std::string format_rfc3339(Timestamp t);

}  // namespace sluice
