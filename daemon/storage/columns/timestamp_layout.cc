#include "daemon/storage/columns/timestamp_layout.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <string>
#include <utility>

#include "daemon/storage/columns/form_codec.h"

namespace sluice::storage {

namespace {

constexpr std::size_t nowhere = std::string_view::npos;
constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr std::int64_t seconds_per_day = 86'400;
constexpr int utc_code = 57;
constexpr int last_code = 113;
constexpr int seconds_per_code = 900;

// Letters: YYYY year, yy of 2000, OO month, NNN its name, DD day (_D: padded with a space, ?D: not
// padded), WWW weekday, hh mm ss, f digits of the fraction, z offset. Others are themselves.
// Index + 1 is the number.
constexpr std::array<std::string_view, 19> irregular = {
    "NNN _D hh:mm:ss",
    "NNN ?D hh:mm:ss",
    "NNN DD hh:mm:ss",
    "DD/NNN/YYYY:hh:mm:ss zzzzz",
    "YYYY/OO/DD hh:mm:ss",
    "YYYY/OO/DD hh:mm:ss.fff",
    "YYYY/OO/DD hh:mm:ss.ffffff",
    "WWW NNN DD hh:mm:ss YYYY",
    "WWW NNN DD hh:mm:ss.ffffff YYYY",
    "yy/OO/DD hh:mm:ss",
    "yyOODD hhmmss",
    "hh:mm:ss",
    "hh:mm:ss.fff",
    "hh:mm:ss.ffffff",
    "hh:mm:ss,fff",
    "YYYY-OO-DD",
    "YYYY-OO-DDThh:mm:sszzzzz",
    "YYYY-OO-DDThh:mm:ss.fffzzzzz",
    "YYYY/OO/DD",
};
constexpr std::size_t regular = 42;
constexpr std::size_t pattern_count = regular + irregular.size();

constexpr std::array<std::string_view, 12> month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> weekday_names = {"Sun", "Mon", "Tue", "Wed",
                                                           "Thu", "Fri", "Sat"};

// A pattern with its places. The day of loose patterns is two bytes wide here, see squeeze().
struct Pattern {
  std::string text;
  std::size_t year, short_year, month, month_name, day, weekday, hour, minute, second;
  std::size_t fraction, fraction_digits, zone, zone_length;
  char loose_day = 0;  // '_' or '?'
  std::vector<std::size_t> literals;

  bool has_year() const { return year != nowhere || short_year != nowhere; }
  bool has_date() const { return day != nowhere; }
};

std::string regular_text(std::size_t n) {
  constexpr std::array<std::string_view, 7> fractions = {
      "", ".fff", ".ffffff", ".fffffffff", ",fff", ",ffffff", ",fffffffff"};
  constexpr std::array<std::string_view, 3> zones = {"", "Z", "zzzzzz"};
  std::string text = "YYYY-OO-DD";
  text += n / 21 == 0 ? 'T' : ' ';
  return text.append("hh:mm:ss").append(fractions[n % 21 / 3]).append(zones[n % 3]);
}

Pattern compile(std::string text) {
  Pattern p;
  const std::size_t loose = text.find_first_of("_?");
  if (loose != nowhere) p.loose_day = std::exchange(text[loose], 'D');
  p.year = text.find("YYYY");
  p.short_year = text.find("yy");
  p.month = text.find("OO");
  p.month_name = text.find("NNN");
  p.day = text.find("DD");
  p.weekday = text.find("WWW");
  p.hour = text.find("hh");
  p.minute = text.find("mm");
  p.second = text.find("ss");
  p.fraction = text.find('f');
  p.fraction_digits = static_cast<std::size_t>(std::count(text.begin(), text.end(), 'f'));
  p.zone = text.find('z');
  p.zone_length = static_cast<std::size_t>(std::count(text.begin(), text.end(), 'z'));
  for (std::size_t i = 0; i < text.size(); ++i)
    if (std::strchr("YyONDWhmsfz", text[i]) == nullptr) p.literals.push_back(i);
  p.text = std::move(text);
  return p;
}

const std::array<Pattern, pattern_count>& patterns() {
  static const auto all = [] {
    std::array<Pattern, pattern_count> compiled;
    for (std::size_t i = 0; i < pattern_count; ++i)
      compiled[i] = compile(i < regular ? regular_text(i) : std::string(irregular[i - regular]));
    return compiled;
  }();
  return all;
}

const Pattern& pattern_of(std::uint16_t layout) {
  return patterns()[(layout & 0xFFU) - 1];
}

std::int64_t offset_of(std::uint16_t layout) {
  const int code = layout >> 8;
  return code == 0 ? 0 : (code - utc_code) * seconds_per_code;
}

struct Date {
  int year = 0;
  unsigned month = 1;
  unsigned day = 1;
};

// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
std::int64_t days_from(Date date) {
  const int y = date.year - (date.month <= 2 ? 1 : 0);
  const int era = (y >= 0 ? y : y - 399) / 400;
  const auto of_era = static_cast<unsigned>(y - era * 400);
  const unsigned month = date.month > 2 ? date.month - 3 : date.month + 9;
  const unsigned of_year = (153 * month + 2) / 5 + date.day - 1;
  const unsigned day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
  return std::int64_t{era} * 146'097 + day_of_era - 719'468;
}

Date date_of(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const auto day_of_era = static_cast<unsigned>(days - era * 146'097);
  const unsigned of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const unsigned of_year = day_of_era - (365 * of_era + of_era / 4 - of_era / 100);
  const unsigned month = (5 * of_year + 2) / 153;
  Date date;
  date.day = of_year - (153 * month + 2) / 5 + 1;
  date.month = month < 10 ? month + 3 : month - 9;
  date.year = static_cast<int>(of_era + era * 400) + (date.month <= 2 ? 1 : 0);
  return date;
}

std::int64_t floor_div(std::int64_t n, std::int64_t by) {
  return n / by - (n % by < 0 ? 1 : 0);
}

bool exists(Date date) {
  constexpr std::array<unsigned, 12> days = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (date.month < 1 || date.month > 12 || date.day < 1) return false;
  const bool leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
  if (date.month == 2 && date.day == 29) return leap;
  return date.day <= days[date.month - 1];
}

constexpr unsigned bad = 1000;

unsigned two(const char* text) {
  const auto tens = static_cast<unsigned char>(text[0] - '0');
  const auto ones = static_cast<unsigned char>(text[1] - '0');
  return tens > 9 || ones > 9 ? bad : 10U * tens + ones;
}

unsigned index_of(std::span<const std::string_view> names, const char* text) {
  for (unsigned i = 0; i < names.size(); ++i)
    if (std::memcmp(names[i].data(), text, 3) == 0) return i;
  return bad;
}

// Year and month; the day is checked by exists(). False: not digits or a name.
bool read_date(const Pattern& p, const char* text, Date& date) {
  date = {2000, 1, 1};
  if (p.year != nowhere) {
    const unsigned century = two(text + p.year);
    const unsigned year = two(text + p.year + 2);
    if (century == bad || year == bad) return false;
    date.year = static_cast<int>(100 * century + year);
  }
  if (p.short_year != nowhere) {
    const unsigned year = two(text + p.short_year);
    if (year == bad) return false;
    date.year = static_cast<int>(2000 + year);
  }
  if (p.month != nowhere) date.month = two(text + p.month);
  if (p.month_name != nowhere) date.month = index_of(month_names, text + p.month_name) + 1;
  date.day = two(text + p.day);
  return exists(date);
}

bool read_clock(const Pattern& p, const char* text, std::int64_t& seconds) {
  if (p.hour == nowhere) return true;
  const unsigned hour = two(text + p.hour);
  const unsigned minute = two(text + p.minute);
  const unsigned second = two(text + p.second);
  seconds += 3600 * hour + 60 * minute + second;
  return hour < 24 && minute < 60 && second < 60;
}

bool read_fraction(const Pattern& p, const char* text, std::int64_t& ns) {
  std::uint64_t n = 0;
  for (std::size_t i = 0; i < p.fraction_digits; ++i) {
    const char c = text[p.fraction + i];
    if (!is_digit(c)) return false;
    n = 10 * n + static_cast<std::uint64_t>(c - '0');
  }
  ns = static_cast<std::int64_t>(n * powers_of_ten[9 - p.fraction_digits]);
  return true;
}

char* put_zone(std::int64_t offset, std::size_t length, char* out) {
  *out++ = offset < 0 ? '-' : '+';
  const std::uint64_t minutes = magnitude(offset) / 60;
  out = put_digits(minutes / 60, 2, out);
  if (length == 6) *out++ = ':';
  return put_digits(minutes % 60, 2, out);
}

bool has_zone(const Pattern& p, const char* text, std::uint16_t layout) {
  if (p.zone == nowhere) return true;
  std::array<char, 6> zone{};
  put_zone(offset_of(layout), p.zone_length, zone.data());
  return std::memcmp(zone.data(), text + p.zone, p.zone_length) == 0;
}

bool has_weekday(const Pattern& p, const char* text, std::int64_t days) {
  if (p.weekday == nowhere) return true;
  const auto day = static_cast<std::size_t>((days % 7 + 11) % 7);  // 1970-01-01: a Thursday
  return std::memcmp(weekday_names[day].data(), text + p.weekday, 3) == 0;
}

// Loose days in two bytes: a space is a zero there, a missing digit is put in. False: not loose.
bool widen_day(const Pattern& p, std::string_view text, char* out) {
  if (text.size() <= p.day || text.size() > p.text.size()) return false;
  const bool short_day = p.loose_day == '?' && text.size() + 1 == p.text.size();
  const char first = text[p.day];
  if (first == '0' || (first == ' ') != (p.loose_day == '_' && first == ' ')) return false;
  std::memcpy(out, text.data(), p.day);
  if (short_day) out[p.day] = '0';
  const std::size_t gap = short_day ? 1 : 0;
  std::memcpy(out + p.day + gap, text.data() + p.day, text.size() - p.day);
  if (first == ' ') out[p.day] = '0';
  return text.size() + gap == p.text.size();
}

char* narrow_day(const Pattern& p, char* text, char* end) {
  if (p.loose_day == 0 || text[p.day] != '0') return end;
  if (p.loose_day == '_') {
    text[p.day] = ' ';
    return end;
  }
  std::memmove(text + p.day, text + p.day + 1, static_cast<std::size_t>(end - text) - p.day - 1);
  return end - 1;
}

// How many bytes at the front hold the date and nothing else; 0 if it is not all there.
std::size_t date_bytes(const Pattern& p) {
  const auto before = [&](std::size_t place) { return place == nowhere || place < p.hour; };
  const bool in_front = p.has_date() && p.hour != nowhere && before(p.year) &&
                        before(p.short_year) && before(p.month) && before(p.month_name) &&
                        before(p.day) && before(p.weekday);
  return in_front ? p.hour : 0;
}

bool read_days(const Pattern& p, const char* text, std::int64_t& days) {
  Date date;
  if (!read_date(p, text, date) || date.year < 1678 || date.year > 2261) return false;
  days = days_from(date);
  return true;
}

std::optional<std::int64_t> parse_widened(const Pattern& p, const char* text, std::uint16_t layout,
                                          DateMemo& memo) {
  for (const std::size_t i : p.literals)
    if (text[i] != p.text[i]) return std::nullopt;
  if (memo.bytes == 0 || std::memcmp(memo.text.data(), text, memo.bytes) != 0) {
    if (p.has_date() && !read_days(p, text, memo.days)) return std::nullopt;
    memo.bytes = date_bytes(p);
    std::memcpy(memo.text.data(), text, memo.bytes);
  }
  const std::int64_t days = memo.days;
  std::int64_t seconds = days * seconds_per_day - offset_of(layout);
  std::int64_t ns = 0;
  if (!read_clock(p, text, seconds) || !read_fraction(p, text, ns)) return std::nullopt;
  if (!has_zone(p, text, layout) || !has_weekday(p, text, days)) return std::nullopt;
  return seconds * ns_per_second + ns;
}

void put_date(const Pattern& p, std::int64_t days, char* out) {
  const Date date = date_of(days);
  const auto year = static_cast<std::uint64_t>(date.year);
  if (p.year != nowhere) put_digits(year, 4, out + p.year);
  if (p.short_year != nowhere) put_digits(year, 2, out + p.short_year);
  if (p.month != nowhere) put_digits(date.month, 2, out + p.month);
  if (p.month_name != nowhere)
    std::memcpy(out + p.month_name, month_names[date.month - 1].data(), 3);
  if (p.weekday != nowhere)
    std::memcpy(out + p.weekday,
                weekday_names[static_cast<std::size_t>((days % 7 + 11) % 7)].data(), 3);
  put_digits(date.day, 2, out + p.day);
}

void put_clock(const Pattern& p, std::uint64_t seconds, char* out) {
  put_digits(seconds / 3600, 2, out + p.hour);
  put_digits(seconds / 60 % 60, 2, out + p.minute);
  put_digits(seconds % 60, 2, out + p.second);
}

// The code of the offset a text ends with, or nothing.
std::uint16_t zone_code(std::string_view text, std::size_t length) {
  const char* zone = text.data() + text.size() - length;
  const unsigned hours = two(zone + 1);
  const unsigned minutes = two(zone + length - 2);
  const int quarters = static_cast<int>(4 * hours + minutes / 15);
  if (quarters >= utc_code) return 0;
  return static_cast<std::uint16_t>(zone[0] == '-' ? utc_code - quarters : utc_code + quarters);
}

}  // namespace

bool layout_has_names(std::uint16_t layout) {
  const Pattern& p = pattern_of(layout);
  return p.month_name != nowhere || p.weekday != nowhere;
}

bool valid_layout(std::uint16_t layout) {
  const unsigned number = layout & 0xFFU;
  if (number < 1 || number > pattern_count) return false;
  const bool has_code = layout >> 8 != 0;
  return has_code == (pattern_of(layout).zone != nowhere) && layout >> 8 <= last_code;
}

char* render_timestamp(std::int64_t ns, std::uint16_t layout, char* out) {
  const Pattern& p = pattern_of(layout);
  const std::int64_t whole = floor_div(ns, ns_per_second);
  const std::int64_t local = whole + offset_of(layout);
  const std::int64_t days = floor_div(local, seconds_per_day);
  std::memcpy(out, p.text.data(), p.text.size());
  if (p.has_date()) put_date(p, days, out);
  if (p.hour != nowhere)
    put_clock(p, static_cast<std::uint64_t>(local - days * seconds_per_day), out);
  if (p.fraction_digits > 0) {
    // Not ns - whole * 10^9: that product may lie below what 64 bits hold.
    const std::int64_t rest = ns % ns_per_second;
    const auto fraction = static_cast<std::uint64_t>(rest < 0 ? rest + ns_per_second : rest);
    put_digits(fraction / powers_of_ten[9 - p.fraction_digits], p.fraction_digits,
               out + p.fraction);
  }
  if (p.zone != nowhere) put_zone(offset_of(layout), p.zone_length, out + p.zone);
  return narrow_day(p, out, out + p.text.size());
}

std::size_t timestamp_length(std::int64_t ns, std::uint16_t layout) {
  const Pattern& p = pattern_of(layout);
  if (p.loose_day != '?') return p.text.size();
  std::array<char, max_timestamp_bytes> buffer;
  return static_cast<std::size_t>(render_timestamp(ns, layout, buffer.data()) - buffer.data());
}

std::optional<std::int64_t> parse_timestamp(std::string_view text, std::uint16_t layout) {
  return TimestampParser(layout)(text);
}

std::optional<std::int64_t> TimestampParser::operator()(std::string_view text) {
  const std::uint16_t layout = layout_;
  const Pattern& p = pattern_of(layout);
  if (p.loose_day == 0) {
    if (text.size() != p.text.size()) return std::nullopt;
    return parse_widened(p, text.data(), layout, memo_);
  }
  std::array<char, max_timestamp_bytes> wide{};
  if (!widen_day(p, text, wide.data())) return std::nullopt;
  return parse_widened(p, wide.data(), layout, memo_);
}

std::vector<std::uint16_t> layouts_of(std::string_view text) {
  std::vector<std::uint16_t> found;
  for (std::size_t i = 0; i < pattern_count; ++i) {
    const Pattern& p = patterns()[i];
    if (text.size() != p.text.size() && (p.loose_day == 0 || text.size() + 1 != p.text.size()))
      continue;
    auto layout = static_cast<std::uint16_t>(i + 1);
    if (p.zone != nowhere)
      layout = static_cast<std::uint16_t>(layout | zone_code(text, p.zone_length) << 8);
    if (valid_layout(layout) && parse_timestamp(text, layout)) found.push_back(layout);
  }
  return found;
}

std::int64_t layout_unit(std::uint16_t layout) {
  return static_cast<std::int64_t>(powers_of_ten[9 - pattern_of(layout).fraction_digits]);
}

std::int64_t TimeProjector::operator()(std::int64_t time_ns) {
  const Pattern& p = pattern_of(layout_);
  if (p.has_year() && p.hour != nowhere) return time_ns;
  constexpr std::int64_t day_ns = seconds_per_day * ns_per_second;
  std::int64_t of_day = time_ns % day_ns;
  if (of_day < 0) of_day += day_ns;
  if (!p.has_date()) return of_day;
  const std::int64_t real_days = floor_div(time_ns, day_ns);
  if (real_days != real_days_) {
    real_days_ = shown_days_ = real_days;
    if (!p.has_year()) {
      Date date = date_of(real_days);
      date.year = 2000;
      shown_days_ = days_from(date);
    }
  }
  const std::int64_t days = shown_days_;
  // The day of the smallest time begins before what 64 bits hold.
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(days) * day_ns +
                                   (p.hour == nowhere ? 0 : static_cast<std::uint64_t>(of_day)));
}

}  // namespace sluice::storage
