// Finds the time a log line states about itself. Pure but for the local zone.
//
// Looked for, in this order, and only where it can be trusted:
//   {"ts": ...}                        top-level ts, time, timestamp, @timestamp or t of a JSON
//   object ts=... time="..."                  the same keys at the front of a logfmt line
//   2026-01-02T03:04:05.123Z           ISO 8601 / RFC 3339, also with a space, a comma, slashes,
//                                      without a zone (then local), in brackets
//   Jan  2 03:04:05                    syslog; the year is the latest not in the future
//   1767323045.123                     epoch in s, ms, us or ns, told apart by size
//   ... [02/Jan/2026:03:04:05 +0000]   Common Log Format, within the first 256 bytes
// A priority "<13>" or "<13>1 " may stand in front. Years outside [1990, 2199] are not times.
#pragma once

#include <optional>
#include <string_view>

#include "base/types/time.h"

namespace sluice::agent {

struct TimeContext {
  Timestamp reference{};   // for years that are not written: when the file was last modified
  bool local_time = true;  // zone of times that name none: local, else UTC
};

std::optional<Timestamp> find_timestamp(std::string_view line, const TimeContext& context);

// The pieces, for each other and for tests.
// A time that fills the whole text: ISO or epoch.
std::optional<Timestamp> read_time_value(std::string_view text, const TimeContext& context);
// Reads an ISO time at the front and removes it.
std::optional<Timestamp> take_iso_time(std::string_view& text, const TimeContext& context);
// Reads an epoch number at the front ("1767323045", "1767323045.123", 13, 16 or 19 digits).
std::optional<Timestamp> take_epoch(std::string_view& text);
// The time field of a JSON object, without parsing more of it than needed.
std::optional<Timestamp> find_json_time(std::string_view line, const TimeContext& context);

bool is_time_key(std::string_view key);

}  // namespace sluice::agent
