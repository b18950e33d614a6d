#include "tests/bench/corpus/time_layout.h"

#include <algorithm>
#include <chrono>

namespace sluice::bench {

namespace {

// Longer ones first: the first match is taken.
constexpr std::string_view layouts[] = {"%a %b %d %H:%M:%S %Y",
                                        "%Y-%m-%dT%H:%M:%S.%NZ",
                                        "%Y-%m-%d %H:%M:%S,%L",
                                        "%Y-%m-%d %H:%M:%S.%L",
                                        "%d/%b/%Y:%H:%M:%S",
                                        "%Y-%m-%d %H:%M:%S",
                                        "%y/%m/%d %H:%M:%S",
                                        "%b %e %H:%M:%S",
                                        "%b %j %H:%M:%S",
                                        "%y%m%d %H%M%S",
                                        "%Y.%m.%d",
                                        "%s"};

constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::string_view weekdays = "SunMonTueWedThuFriSat";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void append_digits(unsigned value, unsigned width, std::string& out) {
  char digits[10];
  for (unsigned i = width; i-- > 0; value /= 10) digits[i] = static_cast<char>('0' + value % 10);
  out.append(digits, width);
}

struct Field {
  unsigned width;
  unsigned low, high;
};

Field field_of(char code) {
  switch (code) {
    case 'Y': return {4, 1970, 2199};
    case 'y': return {2, 0, 99};
    case 'm': return {2, 1, 12};
    case 'd': return {2, 1, 31};
    case 'H': return {2, 0, 23};
    case 'M': return {2, 0, 59};
    case 'S': return {2, 0, 60};
    case 'L': return {3, 0, 999};
    case 'N': return {6, 0, 999'999};
    default: return {10, 1'000'000'000, 1'999'999'999};
  }
}

// The length of a number of this width and range at the begin of `text`; 0 if there is none.
std::size_t number_length(std::string_view text, Field field) {
  if (text.size() < field.width) return 0;
  unsigned value = 0;
  for (unsigned i = 0; i < field.width; ++i) {
    if (!is_digit(text[i])) return 0;
    value = value * 10 + static_cast<unsigned>(text[i] - '0');
  }
  return value >= field.low && value <= field.high ? field.width : 0;
}

std::size_t name_length(std::string_view text, std::string_view names) {
  for (std::size_t i = 0; text.size() >= 3 && i < names.size(); i += 3)
    if (text.substr(0, 3) == names.substr(i, 3)) return 3;
  return 0;
}

std::size_t code_length(char code, std::string_view text) {
  switch (code) {
    case 'b': return name_length(text, months);
    case 'a': return name_length(text, weekdays);
    case 'e':
      if (text.starts_with(' ')) return number_length(text.substr(1), {1, 1, 9}) * 2;
      return number_length(text, {2, 10, 31});
    case 'j': return number_length(text, {1, 1, 9});
    default: return number_length(text, field_of(code));
  }
}

std::size_t match_layout(std::string_view pattern, std::string_view text) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      if (at >= text.size() || text[at++] != pattern[i]) return 0;
      continue;
    }
    const std::size_t length = code_length(pattern[++i], text.substr(at));
    if (length == 0) return 0;
    at += length;
  }
  return at < text.size() && is_word(text[at]) ? 0 : at;
}

}  // namespace

void Moment::set(std::int64_t unix_ns) {
  constexpr std::int64_t second_ns = 1'000'000'000;
  unix_ns_ = unix_ns;
  nanos_ = static_cast<unsigned>(unix_ns % second_ns);
  if (unix_ns / second_ns == second_) return;
  second_ = unix_ns / second_ns;
  const std::chrono::sys_seconds time{std::chrono::seconds{second_}};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  year_ = static_cast<unsigned>(static_cast<int>(date.year()));
  month_ = static_cast<unsigned>(date.month());
  day_ = static_cast<unsigned>(date.day());
  weekday_ = std::chrono::weekday{day}.c_encoding();
  hour_ = static_cast<unsigned>(clock.hours().count());
  minute_ = static_cast<unsigned>(clock.minutes().count());
  seconds_ = static_cast<unsigned>(clock.seconds().count());
}

void Moment::append(char code, std::string& out) const {
  switch (code) {
    case 'Y': return append_digits(year_, 4, out);
    case 'y': return append_digits(year_ % 100, 2, out);
    case 'm': return append_digits(month_, 2, out);
    case 'd': return append_digits(day_, 2, out);
    case 'e':
      if (day_ < 10) out.push_back(' ');
      return append_digits(day_, day_ < 10 ? 1 : 2, out);
    case 'j': return append_digits(day_, day_ < 10 ? 1 : 2, out);
    case 'H': return append_digits(hour_, 2, out);
    case 'M': return append_digits(minute_, 2, out);
    case 'S': return append_digits(seconds_, 2, out);
    case 'L': return append_digits(nanos_ / 1'000'000, 3, out);
    case 'N': return append_digits(nanos_ / 1'000, 6, out);
    case 'b': out.append(months.substr(std::size_t{3} * (month_ - 1), 3)); return;
    case 'a': out.append(weekdays.substr(std::size_t{3} * weekday_, 3)); return;
    default: return append_digits(static_cast<unsigned>(second_), 10, out);
  }
}

void append_time(std::string_view pattern, const Moment& moment, std::string& out) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '%' && i + 1 < pattern.size())
      moment.append(pattern[++i], out);
    else
      out.push_back(pattern[i]);
  }
}

std::optional<TimeMatch> match_time(std::string_view text, std::size_t at) {
  for (const std::string_view pattern : layouts)
    if (const std::size_t length = match_layout(pattern, text.substr(at)); length > 0)
      return TimeMatch{pattern, length};
  return std::nullopt;
}

}  // namespace sluice::bench
