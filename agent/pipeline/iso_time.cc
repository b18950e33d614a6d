// ISO 8601 times and epoch numbers.
#include "agent/pipeline/civil.h"
#include "agent/pipeline/scan.h"
#include "agent/pipeline/timestamp.h"

namespace sluice::agent {
namespace {

using scan::take;
using scan::take_unsigned;

std::optional<Timestamp> plausible(std::optional<Timestamp> t) {
  constexpr std::int64_t year_1990 = 631'152'000;
  if (!t || unix_ns(*t) < year_1990 * 1'000'000'000) return std::nullopt;
  return t;
}

bool take_date(std::string_view& text, Civil& c) {
  const auto year = take_unsigned(text, 4, 4);
  if (!year || text.empty() || (text.front() != '-' && text.front() != '/')) return false;
  const char separator = text.front();
  text.remove_prefix(1);
  const auto month = take_unsigned(text, 2, 2);
  if (!month || !take(text, separator)) return false;
  const auto day = take_unsigned(text, 2, 2);
  if (!day) return false;
  c.year = static_cast<int>(*year);
  c.month = *month;
  c.day = *day;
  return true;
}

// "Z", "+02:00", "+0200", "+02", one space allowed before a sign; nullopt: no zone is written.
std::optional<std::chrono::seconds> take_zone(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z')) return std::chrono::seconds{0};
  auto rest = text;
  take(rest, ' ');
  if (rest.empty() || (rest.front() != '+' && rest.front() != '-')) return std::nullopt;
  const int sign = rest.front() == '-' ? -1 : 1;
  rest.remove_prefix(1);
  const auto hours = take_unsigned(rest, 2, 2);
  if (!hours || *hours > 18) return std::nullopt;
  take(rest, ':');
  const auto minutes = take_unsigned(rest, 2, 2).value_or(0);
  text = rest;
  return std::chrono::seconds{sign * static_cast<int>(*hours * 3600 + minutes * 60)};
}

}  // namespace

std::optional<Timestamp> take_iso_time(std::string_view& text, const TimeContext& context) {
  auto rest = text;
  Civil c;
  if (!take_date(rest, c)) return std::nullopt;
  if (!take(rest, 'T') && !take(rest, ' ') && !take(rest, 't')) return std::nullopt;
  if (!scan::take_clock(rest, c)) return std::nullopt;
  scan::take_nanos(rest, ".,", c);
  const auto zone = take_zone(rest);
  std::optional<Timestamp> t;
  if (zone)
    t = to_utc(c, *zone);
  else
    t = context.local_time ? to_utc_local(c) : to_utc(c, std::chrono::seconds{0});
  t = plausible(t);
  if (t) text = rest;
  return t;
}

std::optional<Timestamp> take_epoch(std::string_view& text) {
  auto rest = text;
  const auto before = rest.size();
  const auto whole = scan::take_digits(rest, 9, 18);  // 18 digits cannot overflow
  if (!whole) return std::nullopt;
  auto digits = before - rest.size();
  std::int64_t value = *whole;
  if (digits == 18 && !rest.empty() && is_digit(rest.front())) {  // nanoseconds have 19
    if (value > 900'000'000'000'000'000) return std::nullopt;
    value = value * 10 + (rest.front() - '0');
    rest.remove_prefix(1);
    ++digits;
  }
  std::int64_t unit = 0;  // in nanoseconds
  if (digits == 9 || digits == 10) unit = 1'000'000'000;
  if (digits == 12 || digits == 13) unit = 1'000'000;
  if (digits == 15 || digits == 16) unit = 1'000;
  if (digits == 18 || digits == 19) unit = 1;
  if (unit == 0 || (!rest.empty() && is_digit(rest.front()))) return std::nullopt;
  std::int64_t fraction = 0;
  if (rest.size() > 1 && rest.front() == '.' && is_digit(rest[1])) {
    rest.remove_prefix(1);
    fraction = scan::take_fraction(rest) / (1'000'000'000 / unit);
  }
  if (value >= 7'258'118'400'000'000'000 / unit) return std::nullopt;  // year 2200
  const auto t = plausible(from_unix_ns(value * unit + fraction));
  if (t) text = rest;
  return t;
}

std::optional<Timestamp> read_time_value(std::string_view text, const TimeContext& context) {
  auto rest = text;
  if (const auto t = take_iso_time(rest, context); t && rest.empty()) return t;
  rest = text;
  if (const auto t = take_epoch(rest); t && rest.empty()) return t;
  return std::nullopt;
}

}  // namespace sluice::agent
