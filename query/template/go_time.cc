#include "query/template/go_time.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace sluice::query::tmpl {

namespace {

using Civil = std::chrono::year_month_day;
using std::chrono::seconds;

enum class Part {
  literal,
  year,
  short_year,
  month_name,
  short_month_name,
  month,
  day,
  day_of_year,
  weekday,
  short_weekday,
  hour,
  half_hour,  // of the half day: 1 to 12
  minute,
  second,
  fraction,
  half_day,
  small_half_day,
  zone_name,
  offset,
};

struct Element {
  std::string_view text;  // in the layout
  Part part = Part::literal;
  int width = 0;                 // least digits, filled with zeros; of a fraction: its digits
  bool blank = false;            // filled with a blank instead
  bool optional_digits = false;  // of a fraction: trailing zeros go
};

// In the order they are tried.
constexpr std::array<Element, 34> elements = {{
    {"2006", Part::year, 4},
    {"January", Part::month_name},
    {"Jan", Part::short_month_name},
    {"Monday", Part::weekday},
    {"Mon", Part::short_weekday},
    {"MST", Part::zone_name},
    {"__2", Part::day_of_year, 3, true},
    {"_2006", Part::literal},  // an underscore and the year: see next_element
    {"_2", Part::day, 2, true},
    {"002", Part::day_of_year, 3},
    {"01", Part::month, 2},
    {"02", Part::day, 2},
    {"03", Part::half_hour, 2},
    {"04", Part::minute, 2},
    {"05", Part::second, 2},
    {"06", Part::short_year, 2},
    {"15", Part::hour, 2},
    {"-07:00:00", Part::offset},
    {"-07:00", Part::offset},
    {"-070000", Part::offset},
    {"-0700", Part::offset},
    {"-07", Part::offset},
    {"Z07:00:00", Part::offset},
    {"Z07:00", Part::offset},
    {"Z070000", Part::offset},
    {"Z0700", Part::offset},
    {"Z07", Part::offset},
    {"PM", Part::half_day},
    {"pm", Part::small_half_day},
    {"1", Part::month, 1},
    {"2", Part::day, 1},
    {"3", Part::half_hour, 1},
    {"4", Part::minute, 1},
    {"5", Part::second, 1},
}};

constexpr std::array<std::string_view, 12> month_names = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> weekday_names = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

bool digit_at(std::string_view text, std::size_t i) {
  return i < text.size() && text[i] >= '0' && text[i] <= '9';
}

// .000 and ,999: no digit may follow.
std::optional<Element> fraction_at(std::string_view layout) {
  if (layout.size() < 2 || (layout[0] != '.' && layout[0] != ',')) return std::nullopt;
  const char c = layout[1];
  if (c != '0' && c != '9') return std::nullopt;
  std::size_t end = 1;
  while (end < layout.size() && layout[end] == c) ++end;
  if (digit_at(layout, end) || end > 10) return std::nullopt;
  return Element{layout.substr(0, end), Part::fraction, static_cast<int>(end) - 1, false, c == '9'};
}

Element next_element(std::string_view layout) {
  if (const auto fraction = fraction_at(layout)) return *fraction;
  for (const auto& element : elements) {
    if (!layout.starts_with(element.text)) continue;
    if (element.part == Part::literal) break;
    return element;
  }
  return {layout.substr(0, 1), Part::literal};
}

std::string padded(std::int64_t value, int width, bool blank = false) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), blank ? "%*lld" : "%0*lld", width,
                static_cast<long long>(value));
  return text.data();
}

std::string offset_text(std::string_view form, int offset) {
  if (form.front() == 'Z' && offset == 0) return "Z";
  const int east = std::abs(offset);
  std::string out = offset < 0 ? "-" : "+";
  out += padded(east / 3600, 2);
  const bool colon = form.find(':') != std::string_view::npos;
  const std::size_t digits = static_cast<std::size_t>(
      std::count_if(form.begin(), form.end(), [](char c) { return c >= '0' && c <= '9'; }));
  if (digits >= 4) out += (colon ? ":" : "") + padded(east / 60 % 60, 2);
  if (digits >= 6) out += (colon ? ":" : "") + padded(east % 60, 2);
  return out;
}

std::string fraction_text(const Element& element, std::int64_t nanoseconds) {
  std::string digits = padded(nanoseconds, 9).substr(0, static_cast<std::size_t>(element.width));
  if (element.optional_digits)
    while (digits.ends_with('0')) digits.pop_back();
  return digits.empty() ? "" : std::string(1, element.text.front()) + digits;
}

// The fields of a time on a wall clock.
struct WallClock {
  Civil date;
  unsigned weekday;
  int day_of_year;
  std::int64_t of_day;  // seconds
  std::int64_t nanoseconds;

  explicit WallClock(Timestamp local) {
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const auto second = std::chrono::floor<seconds>(local);
    date = Civil(day);
    weekday = std::chrono::weekday(day).c_encoding();
    day_of_year = static_cast<int>(
        (day - std::chrono::sys_days(date.year() / std::chrono::January / 1)).count() + 1);
    of_day = (second - day).count();
    nanoseconds = (local - second).count();
  }
};

std::string element_text(const Element& e, const WallClock& at, const ZoneOffset& zone) {
  const int year = static_cast<int>(at.date.year());
  const unsigned month = static_cast<unsigned>(at.date.month());
  const std::int64_t hour = at.of_day / 3600;
  switch (e.part) {
    case Part::literal: return std::string(e.text);
    case Part::year: return padded(year, 4);
    case Part::short_year: return padded(year % 100, 2);
    case Part::month_name: return std::string(month_names[month - 1]);
    case Part::short_month_name: return std::string(month_names[month - 1].substr(0, 3));
    case Part::month: return padded(month, e.width);
    case Part::day: return padded(static_cast<unsigned>(at.date.day()), e.width, e.blank);
    case Part::day_of_year: return padded(at.day_of_year, e.width, e.blank);
    case Part::weekday: return std::string(weekday_names[at.weekday]);
    case Part::short_weekday: return std::string(weekday_names[at.weekday].substr(0, 3));
    case Part::hour: return padded(hour, 2);
    case Part::half_hour: return padded(hour % 12 == 0 ? 12 : hour % 12, e.width);
    case Part::minute: return padded(at.of_day / 60 % 60, e.width);
    case Part::second: return padded(at.of_day % 60, e.width);
    case Part::fraction: return fraction_text(e, at.nanoseconds);
    case Part::half_day: return hour < 12 ? "AM" : "PM";
    case Part::small_half_day: return hour < 12 ? "am" : "pm";
    case Part::zone_name: return zone.name.empty() ? offset_text("-0700", zone.seconds) : zone.name;
    case Part::offset: return offset_text(e.text, zone.seconds);
  }
  return "";
}

class GoTimeParser {
 public:
  explicit GoTimeParser(std::string_view text) : rest_(text) {}

  bool take(const Element& e) {
    switch (e.part) {
      case Part::literal: return literal(e.text);
      case Part::year: return number(4, 4, year_);
      case Part::short_year:
        if (!number(2, 2, year_)) return false;
        year_ += year_ >= 69 ? 1900 : 2000;
        return true;
      case Part::month_name: return name(month_names, 0, month_);
      case Part::short_month_name: return name(month_names, 3, month_);
      case Part::month: return number(e.width, 2, month_);
      case Part::day: return (blank(e), number(e.blank ? 1 : e.width, 2, day_));
      case Part::day_of_year: return (blank(e), number(e.blank ? 1 : 3, 3, day_of_year_));
      case Part::weekday: return name(weekday_names, 0, ignored_);
      case Part::short_weekday: return name(weekday_names, 3, ignored_);
      case Part::hour: return number(2, 2, hour_);
      case Part::half_hour: return number(e.width, 2, hour_);
      case Part::minute: return number(e.width, 2, minute_);
      case Part::second: return number(e.width, 2, second_);
      case Part::fraction: return fraction(e);
      case Part::half_day:
      case Part::small_half_day: return half_day();
      case Part::zone_name: return zone_name();
      case Part::offset: return offset(e.text);
    }
    return false;
  }

  // Go takes a fraction behind the seconds even where the layout has none.
  void more_fraction() {
    if (rest_.size() < 2 || (rest_[0] != '.' && rest_[0] != ',') || !digit_at(rest_, 1)) return;
    rest_.remove_prefix(1);
    std::int64_t unit = 100'000'000;
    for (; digit_at(rest_, 0); unit /= 10) {
      nanoseconds_ += (rest_.front() - '0') * unit;
      rest_.remove_prefix(1);
    }
  }

  std::optional<GoTime> finish() const {
    int hour = hour_;
    if (afternoon_) hour = hour % 12 + (*afternoon_ ? 12 : 0);
    const Civil date{std::chrono::year{year_}, std::chrono::month{static_cast<unsigned>(month_)},
                     std::chrono::day{static_cast<unsigned>(day_)}};
    // What nanoseconds since 1970 can tell.
    if (year_ < 1678 || year_ > 2261) return std::nullopt;
    if (!rest_.empty() || !date.ok() || hour > 23 || minute_ > 59 || second_ > 59)
      return std::nullopt;
    auto day = std::chrono::sys_days(date);
    if (day_of_year_ > 0)
      day = std::chrono::sys_days(date.year() / std::chrono::January / 1) +
            std::chrono::days(day_of_year_ - 1);
    return GoTime{day + std::chrono::hours(hour) + std::chrono::minutes(minute_) +
                      seconds(second_) + Duration(nanoseconds_),
                  offset_, utc_, zone_name_};
  }

 private:
  bool literal(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  void blank(const Element& e) {
    while (e.blank && rest_.starts_with(' ')) rest_.remove_prefix(1);
  }
  bool number(int least, int most, int& out) {
    int digits = 0;
    int value = 0;
    for (; digits < most && digit_at(rest_, 0); ++digits) {
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    out = value;
    return digits >= least;
  }
  template <class Names>
  bool name(const Names& names, std::size_t length, int& out) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!literal(length == 0 ? names[i] : names[i].substr(0, length))) continue;
      out = static_cast<int>(i) + 1;
      return true;
    }
    return false;
  }
  // .000 wants its digits exactly, .999 takes what there is.
  bool fraction(const Element& e) {
    const std::size_t before = rest_.size();
    more_fraction();
    return e.optional_digits || before - rest_.size() == e.text.size();
  }
  bool half_day() {
    const bool pm = rest_.starts_with("PM") || rest_.starts_with("pm");
    if (!pm && !rest_.starts_with("AM") && !rest_.starts_with("am")) return false;
    afternoon_ = pm;
    rest_.remove_prefix(2);
    return true;
  }
  bool zone_name() {
    std::size_t end = 0;
    while (end < rest_.size() && rest_[end] >= 'A' && rest_[end] <= 'Z') ++end;
    if (end < 3 || end > 5) return false;
    if (rest_.substr(0, end) == "UTC" && !offset_) {
      offset_ = 0;
      utc_ = true;
    }
    zone_name_ = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return true;
  }
  bool offset(std::string_view form) {
    if (form.front() == 'Z' && literal("Z")) {
      offset_ = 0;
      utc_ = true;
      return true;
    }
    if (!rest_.starts_with('+') && !rest_.starts_with('-')) return false;
    const int sign = rest_.front() == '-' ? -1 : 1;
    rest_.remove_prefix(1);
    const bool colon = form.find(':') != std::string_view::npos;
    int hours = 0;
    int minutes = 0;
    if (!number(2, 2, hours)) return false;
    if (form.size() > 3 && ((colon && !literal(":")) || !number(2, 2, minutes))) return false;
    offset_ = sign * (hours * 3600 + minutes * 60);
    return hours < 24 && minutes < 60;
  }

  std::string_view rest_;
  int year_ = 0, month_ = 1, day_ = 1, day_of_year_ = 0;
  int hour_ = 0, minute_ = 0, second_ = 0, ignored_ = 0;
  std::int64_t nanoseconds_ = 0;
  std::optional<bool> afternoon_;
  std::optional<int> offset_;
  bool utc_ = false;
  std::string zone_name_;
};

}  // namespace

std::string format_go_time(std::string_view layout, Timestamp t, const ZoneOffset& zone) {
  const WallClock at(t + seconds(zone.seconds));
  std::string out;
  while (!layout.empty()) {
    const Element element = next_element(layout);
    out += element_text(element, at, zone);
    layout.remove_prefix(element.text.size());
  }
  return out;
}

Result<GoTime> parse_go_time(std::string_view layout, std::string_view text) {
  GoTimeParser parser(text);
  std::string_view rest = layout;
  while (!rest.empty()) {
    const Element element = next_element(rest);
    rest.remove_prefix(element.text.size());
    const bool taken = parser.take(element);
    // A fraction that the layout names is its own element.
    if (taken && element.part == Part::second && !fraction_at(rest)) parser.more_fraction();
    if (!taken)
      return invalid_argument("parsing time \"" + std::string(text) + "\" as \"" +
                              std::string(layout) + "\": cannot parse it as \"" +
                              std::string(element.text) + "\"");
  }
  if (const auto time = parser.finish()) return *time;
  return invalid_argument("parsing time \"" + std::string(text) + "\": out of range");
}

std::string go_time_text(Timestamp t, const ZoneOffset& zone) {
  return format_go_time("2006-01-02 15:04:05.999999999 -0700 MST", t, zone);
}

}  // namespace sluice::query::tmpl
