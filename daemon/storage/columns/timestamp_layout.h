// TimestampLayout: the ways of writing a point in time that columns know, by number. A layout has
// no variable parts but the digits and names of the time itself, so rendering gives back every
// byte.
//
// Numbers: docs/format/slot-column.md, "Timestamp layouts". The low byte is the pattern, the high
// byte the offset from UTC in quarters of an hour + 57 (0: the pattern has none). Times are ns
// since the epoch; patterns without a year mean the year 2000 (it has a 29 February), patterns
// without a date mean 1970-01-01. Only what nanoseconds can express, 1678 to 2261. No leap seconds.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/types/time.h"

namespace sluice::storage {

bool valid_layout(std::uint16_t layout);
// It writes months or weekdays by name.
bool layout_has_names(std::uint16_t layout);

// Writes at most max_timestamp_bytes; returns the end.
inline constexpr std::size_t max_timestamp_bytes = 40;
char* render_timestamp(std::int64_t ns, std::uint16_t layout, char* out);
// How many bytes that are.
std::size_t timestamp_length(std::int64_t ns, std::uint16_t layout);
// nullopt unless rendering gives the same bytes.
std::optional<std::int64_t> parse_timestamp(std::string_view text, std::uint16_t layout);

// The date read last, and the first bytes of the text it was read from.
struct DateMemo {
  std::array<char, max_timestamp_bytes> text{};
  std::size_t bytes = 0;  // 0: nothing is known
  std::int64_t days = 0;
};

// parse_timestamp() of many texts: neighbours mostly have the same date.
class TimestampParser {
 public:
  explicit TimestampParser(std::uint16_t layout) : layout_(layout) {}
  std::optional<std::int64_t> operator()(std::string_view text);

 private:
  std::uint16_t layout_;
  DateMemo memo_;
};

// The layouts `text` may be written in, likeliest first; usually none or one.
std::vector<std::uint16_t> layouts_of(std::string_view text);

// The step between two times of the layout: 1 s, 1 ms, 1 us or 1 ns; in ns.
std::int64_t layout_unit(std::uint16_t layout);
// What of a time the layout shows: with the year 2000, or the day 1970-01-01, where it shows none.
class TimeProjector {
 public:
  explicit TimeProjector(std::uint16_t layout) : layout_(layout) {}
  std::int64_t operator()(std::int64_t time_ns);

 private:
  std::uint16_t layout_;
  // Of the time asked for last: neighbours mostly have the same.
  std::int64_t real_days_ = INT64_MIN;
  std::int64_t shown_days_ = 0;
};

}  // namespace sluice::storage
