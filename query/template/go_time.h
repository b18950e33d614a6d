// Points in time as Go writes them: by layouts, which are a reference time written in the wanted
// form ("2006-01-02 15:04:05.000 -0700 MST"). Beside templates, the
// pipeline prints timestamps by it.
// Source: the documentation of Go's package time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/types/result.h"
#include "base/types/time.h"
#include "query/template/time_zone.h"

namespace sluice::query::tmpl {

std::string format_go_time(std::string_view layout, Timestamp t, const ZoneOffset& zone);

// What a text says; without a month it is January, without a day the first, without a time
// midnight. Error: the text has another form, or no year between 1678 and 2261.
struct GoTime {
  std::chrono::sys_time<std::chrono::nanoseconds> local;  // the wall clock's, as if it were UTC
  std::optional<int> offset_seconds;                      // east of UTC, if the text says so
  bool utc = false;                                       // ... by "Z" or "UTC"
  std::string zone_name;                                  // its abbreviation, "" without one
};
Result<GoTime> parse_go_time(std::string_view layout, std::string_view text);

// As {{ .time }} prints a time.Time: "2026-01-02 03:04:05.5 +0000 UTC". A zone without a name is
// printed by its offset a second time: "+0200 +0200".
std::string go_time_text(Timestamp t, const ZoneOffset& zone = {});

}  // namespace sluice::query::tmpl
