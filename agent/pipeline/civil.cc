#include "agent/pipeline/civil.h"

#include <ctime>

namespace sluice::agent {
namespace {

std::optional<std::chrono::seconds> civil_seconds(const Civil& c) {
  const std::chrono::year_month_day date{std::chrono::year{c.year}, std::chrono::month{c.month},
                                         std::chrono::day{c.day}};
  if (!date.ok() || c.year < 1970 || c.year > 2199) return std::nullopt;
  if (c.hour > 23 || c.minute > 59 || c.second > 60) return std::nullopt;
  const auto second = std::min(c.second, 59U);
  return std::chrono::sys_days{date}.time_since_epoch() +
         std::chrono::seconds{c.hour * 3600 + c.minute * 60 + second};
}

std::chrono::seconds ask_local_offset(std::chrono::seconds civil) {
  std::time_t as_utc = civil.count();
  std::tm parts{};
  ::gmtime_r(&as_utc, &parts);
  parts.tm_isdst = -1;
  const auto instant = std::mktime(&parts);
  return civil - std::chrono::seconds{instant};
}

std::chrono::seconds local_offset(std::chrono::seconds civil) {
  constexpr std::int64_t quarter = 900;
  thread_local std::int64_t cached_quarter = -1;
  thread_local std::chrono::seconds cached{0};
  const auto key = civil.count() / quarter;
  if (key != cached_quarter) {
    cached = ask_local_offset(std::chrono::seconds{key * quarter});
    cached_quarter = key;
  }
  return cached;
}

}  // namespace

std::optional<Timestamp> to_utc(const Civil& c, std::chrono::seconds offset_east) {
  const auto civil = civil_seconds(c);
  if (!civil) return std::nullopt;
  return Timestamp{*civil - offset_east + Duration{c.nanos}};
}

std::optional<Timestamp> to_utc_local(const Civil& c) {
  const auto civil = civil_seconds(c);
  if (!civil) return std::nullopt;
  return to_utc(c, local_offset(*civil));
}

std::optional<Timestamp> to_utc_without_year(Civil c, Timestamp reference, bool local) {
  const auto today = std::chrono::floor<std::chrono::days>(reference);
  const int this_year = static_cast<int>(std::chrono::year_month_day{today}.year());
  constexpr int leap_gap = 8;  // 29 February may be eight years back (around 1900, 2100)
  for (int year = this_year + 1; year >= this_year - leap_gap; --year) {
    c.year = year;
    const auto t = local ? to_utc_local(c) : to_utc(c, std::chrono::seconds{0});
    if (t && *t <= reference + std::chrono::days(1)) return t;
  }
  return std::nullopt;
}

}  // namespace sluice::agent
