// Calendar to instant, with the machine's time zone where the text names none. Pure but for TZ.
#pragma once

#include <cstdint>
#include <optional>

#include "base/types/time.h"

namespace sluice::agent {

struct Civil {
  int year = 1970;
  unsigned month = 1;  // 1..12
  unsigned day = 1;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;  // 60 is read as 59: a leap second has no instant of its own
  std::int64_t nanos = 0;
};

// nullopt for a date or time that does not exist, or a year outside [1970, 2199].
std::optional<Timestamp> to_utc(const Civil& c, std::chrono::seconds offset_east);
// Read in the local zone (TZ or /etc/localtime). Offsets are cached by quarter hour, the finest
// step at which zones change.
std::optional<Timestamp> to_utc_local(const Civil& c);

// The year of a date written without one: the latest that is not more than a day after
// `reference` (RFC 3164 syslog).
std::optional<Timestamp> to_utc_without_year(Civil c, Timestamp reference, bool local);

}  // namespace sluice::agent
