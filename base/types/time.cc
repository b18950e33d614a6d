#include "base/types/time.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>

namespace sluice {

namespace {

class SystemClock : public Clock {
 public:
  Timestamp now() const override {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  }
};

struct Unit {
  std::string_view name;
  std::int64_t ns;
};

// Largest first; "ms" before "m" so that the longer name wins.
constexpr std::int64_t ms = 1'000'000;
constexpr std::array<Unit, 7> prometheus_units = {{{"y", 365 * ms * 86'400'000},
                                                   {"w", 7 * ms * 86'400'000},
                                                   {"d", 86'400'000 * ms},
                                                   {"h", 3'600'000 * ms},
                                                   {"m", 60'000 * ms},
                                                   {"s", 1'000 * ms},
                                                   {"ms", ms}}};
constexpr std::array<Unit, 9> go_units = {{{"ns", 1},
                                           {"us", 1'000},
                                           {"µs", 1'000},
                                           {"ms", ms},
                                           {"s", 1'000 * ms},
                                           {"m", 60'000 * ms},
                                           {"h", 3'600'000 * ms},
                                           {"d", 86'400'000 * ms},
                                           {"w", 7 * ms * 86'400'000}}};

Error bad_duration(std::string_view text) {
  return {ErrorCode::parse, "not a valid duration string: \"" + std::string(text) + "\""};
}

std::string_view take_unit(std::string_view& text) {
  std::size_t n = 0;
  while (n < text.size() && text[n] != '.' && !(text[n] >= '0' && text[n] <= '9')) ++n;
  auto unit = text.substr(0, n);
  text.remove_prefix(n);
  return unit;
}

int take_digits(std::string_view& text, std::size_t count, int lo, int hi) {
  if (text.size() < count) return -1;
  int value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + count, value);
  if (ec != std::errc{} || end != text.data() + count || value < lo || value > hi) return -1;
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

bool take_fraction(std::string_view& text, std::int64_t& ns) {
  ns = 0;
  if (!take(text, '.')) return true;
  std::int64_t scale = 100'000'000;
  std::size_t n = 0;
  for (; n < text.size() && text[n] >= '0' && text[n] <= '9'; ++n, scale /= 10)
    ns += scale * (text[n] - '0');
  text.remove_prefix(n);
  return n > 0;
}

bool take_zone(std::string_view& text, std::int64_t& offset_s) {
  offset_s = 0;
  if (take(text, 'Z') || take(text, 'z')) return true;
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return false;
  const int sign = text[0] == '+' ? 1 : -1;
  text.remove_prefix(1);
  const int hours = take_digits(text, 2, 0, 23);
  if (hours < 0 || !take(text, ':')) return false;
  const int minutes = take_digits(text, 2, 0, 59);
  if (minutes < 0) return false;
  offset_s = sign * (hours * 3600 + minutes * 60);
  return true;
}

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

Timestamp ManualClock::now() const {
  return from_unix_ns(std::atomic_ref(const_cast<std::int64_t&>(now_)).load());
}
void ManualClock::advance(Duration by) { std::atomic_ref(now_).fetch_add(by.count()); }
void ManualClock::set(Timestamp t) { std::atomic_ref(now_).store(unix_ns(t)); }

Result<Duration> parse_prometheus_duration(std::string_view text) {
  if (text == "0") return Duration{0};
  std::string_view rest = text;
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  if (rest.empty()) return bad_duration(text);
  while (!rest.empty()) {
    std::int64_t count = 0;
    const auto [end, ec] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (ec != std::errc{} || rest.front() == '-') return bad_duration(text);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const auto name = take_unit(rest);
    while (next_unit < prometheus_units.size() && prometheus_units[next_unit].name != name)
      ++next_unit;
    if (next_unit == prometheus_units.size()) return bad_duration(text);
    std::int64_t part = 0;
    if (__builtin_mul_overflow(count, prometheus_units[next_unit].ns, &part) ||
        __builtin_add_overflow(total, part, &total))
      return Error{ErrorCode::parse, "duration out of range: \"" + std::string(text) + "\""};
    ++next_unit;
  }
  return Duration{total};
}

Result<Duration> parse_go_duration(std::string_view text) {
  std::string_view rest = text;
  const bool negative = take(rest, '-');
  if (!negative) take(rest, '+');
  if (rest == "0") return Duration{0};
  if (rest.empty()) return bad_duration(text);
  double total = 0;
  while (!rest.empty()) {
    double count = 0;
    const auto [end, ec] = std::from_chars(rest.data(), rest.data() + rest.size(), count,
                                           std::chars_format::fixed);
    if (ec != std::errc{} || rest.front() == '-') return bad_duration(text);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const auto name = take_unit(rest);
    auto unit = std::find_if(go_units.begin(), go_units.end(),
                             [&](const Unit& u) { return u.name == name; });
    if (unit == go_units.end()) return bad_duration(text);
    total += count * static_cast<double>(unit->ns);
  }
  if (total >= 9.2e18) return bad_duration(text);
  return Duration{std::llround(negative ? -total : total)};
}

std::string format_prometheus_duration(Duration d) {
  std::int64_t rest = d.count();
  if (rest == 0) return "0s";
  std::string out;
  if (rest < 0) {
    out += '-';
    rest = -rest;
  }
  for (const auto& [name, ns] : prometheus_units) {
    // Prometheus writes years, weeks and days only when they are exact.
    const bool exact_only = name == "y" || name == "w" || name == "d";
    if (rest < ns || (exact_only && rest % ns != 0)) continue;
    out += std::to_string(rest / ns);
    out += name;
    rest %= ns;
  }
  return out.empty() || out == "-" ? "0s" : out;
}

Result<Timestamp> parse_rfc3339(std::string_view text) {
  std::string_view rest = text;
  const auto bad = [&] {
    return Error{ErrorCode::parse, "not an RFC 3339 time: \"" + std::string(text) + "\""};
  };
  const int year = take_digits(rest, 4, 1678, 2261);  // what int64 nanoseconds can hold
  if (year < 0 || !take(rest, '-')) return bad();
  const int month = take_digits(rest, 2, 1, 12);
  if (month < 0 || !take(rest, '-')) return bad();
  const int day = take_digits(rest, 2, 1, 31);
  if (day < 0 || !(take(rest, 'T') || take(rest, 't') || take(rest, ' '))) return bad();
  const int hour = take_digits(rest, 2, 0, 23);
  if (hour < 0 || !take(rest, ':')) return bad();
  const int minute = take_digits(rest, 2, 0, 59);
  if (minute < 0 || !take(rest, ':')) return bad();
  const int second = take_digits(rest, 2, 0, 60);
  std::int64_t ns = 0;
  std::int64_t offset_s = 0;
  if (second < 0 || !take_fraction(rest, ns) || !take_zone(rest, offset_s) || !rest.empty())
    return bad();
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return bad();
  const auto days = std::chrono::sys_days{date}.time_since_epoch().count();
  const std::int64_t seconds =
      std::int64_t{days} * 86400 + hour * 3600 + minute * 60 + second - offset_s;
  return from_unix_ns(seconds * 1'000'000'000 + ns);
}

std::string format_rfc3339(Timestamp t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{t - day};
  char text[48];
  int n = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d",
                        static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                        static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                        static_cast<int>(time.minutes().count()),
                        static_cast<int>(time.seconds().count()));
  std::string out(text, static_cast<std::size_t>(n));
  if (const auto ns = time.subseconds().count(); ns != 0) {
    n = std::snprintf(text, sizeof text, ".%09lld", static_cast<long long>(ns));
    out.append(text, static_cast<std::size_t>(n));
    while (out.back() == '0') out.pop_back();
  }
  out += 'Z';
  return out;
}

}  // namespace sluice
