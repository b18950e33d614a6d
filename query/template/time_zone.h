// TimeZone: the rules of a named zone, read from the machine's zone database (/usr/share/zoneinfo,
// TZif format, RFC 8536). Immutable; safe from any thread. Past the last transition the file
// lists (2037), the last rule stays. Private to query/template.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"

namespace sluice::query::tmpl {

// How a zone's clock differs from UTC at some time.
struct ZoneOffset {
  int seconds = 0;  // east of UTC
  std::string name = "UTC";
};

class TimeZone {
 public:
  // "UTC", "Europe/Berlin". Zones once read stay in memory. Error: there is no such zone.
  static Result<std::shared_ptr<const TimeZone>> find(const std::string& name);
  // From the bytes of a zone file.
  static Result<TimeZone> parse(std::string_view file);

  ZoneOffset at(std::int64_t unix_seconds) const;
  // Of a time on the zone's own clock; of one that it shows twice or never, the offset before.
  ZoneOffset at_local(std::int64_t local_seconds) const;
  // East of UTC when the zone's clock goes, went or will go by this abbreviation.
  std::optional<int> offset_named(std::string_view abbreviation) const;

 private:
  struct Transition {
    std::int64_t from = 0;
    std::size_t type = 0;
  };
  std::vector<Transition> transitions_;
  std::vector<ZoneOffset> types_;  // never empty; the first holds before all transitions
};

}  // namespace sluice::query::tmpl
