// Time functions that LogQL documents. A time is text, as Go prints it or in RFC 3339, or a number
// of seconds since the epoch.
#include <charconv>

#include "query/template/functions.h"
#include "query/template/go_time.h"

namespace sluice::query::tmpl {

namespace {

constexpr std::string_view printed_layout = "2006-01-02 15:04:05 -0700 MST";

Result<Timestamp> time_arg(Args args, std::size_t i) {
  const std::string text = text_arg(args, i);
  if (auto time = parse_rfc3339(text)) return time;
  if (auto time = parse_go_time(printed_layout, text))
    return Timestamp(time->local - std::chrono::seconds(time->offset_seconds.value_or(0)));
  SLUICE_TRY(const auto seconds, int_arg(args, i));
  if (std::abs(seconds) > 9'000'000'000)
    return invalid_argument("argument " + std::to_string(i + 1) + " is no time: " + text);
  return from_unix_ns(seconds * 1'000'000'000);
}

template <std::int64_t unit>
Result<TemplateValue> since_epoch(Args args) {
  SLUICE_TRY(const auto time, time_arg(args, 0));
  return TemplateValue(std::to_string(unix_ns(time) / unit));
}

// Days, seconds, milliseconds, microseconds or nanoseconds, by the number of digits.
Result<TemplateValue> unix_to_time(Args args) {
  const std::string text = text_arg(args, 0);
  std::int64_t number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::int64_t unit = 0;
  switch (text.size()) {
    case 5: unit = 86'400'000'000'000; break;
    case 10: unit = 1'000'000'000; break;
    case 13: unit = 1'000'000; break;
    case 16: unit = 1'000; break;
    case 19: unit = 1; break;
    default: break;
  }
  std::int64_t ns = 0;
  if (ec != std::errc{} || end != text.data() + text.size() || unit == 0 ||
      __builtin_mul_overflow(number, unit, &ns))
    return invalid_argument("unable to parse time \"" + text + "\"");
  return TemplateValue(go_time_text(from_unix_ns(ns)));
}

Result<TemplateValue> date(Args args) {
  SLUICE_TRY(const auto time, time_arg(args, 1));
  return TemplateValue(format_go_time(text_arg(args, 0), time, {}));
}

// toDateInZone LAYOUT ZONE TEXT
Result<TemplateValue> date_in_zone(const std::string& layout, const std::string& zone_name,
                                   const std::string& text) {
  SLUICE_TRY(const auto zone, TimeZone::find(zone_name));
  SLUICE_TRY(const auto parsed, parse_go_time(layout, text));
  const auto local = std::chrono::floor<std::chrono::seconds>(parsed.local).time_since_epoch();
  ZoneOffset offset = zone->at_local(local.count());
  if (parsed.offset_seconds) offset = zone->at(local.count() - *parsed.offset_seconds);
  const int east = parsed.offset_seconds.value_or(offset.seconds);
  return TemplateValue(go_time_text(parsed.local - std::chrono::seconds(east), offset));
}

}  // namespace

void add_time(FunctionTable& table) {
  table["now"] = {0, 0, [](Args) -> Result<TemplateValue> {
                    return TemplateValue(go_time_text(system_clock().now()));
                  }};
  table["date"] = {2, 2, date};
  table["toDate"] = {2, 2,
                     [](Args a) { return date_in_zone(text_arg(a, 0), "UTC", text_arg(a, 1)); }};
  table["toDateInZone"] = {
      3, 3, [](Args a) { return date_in_zone(text_arg(a, 0), text_arg(a, 1), text_arg(a, 2)); }};
  table["unixEpoch"] = {1, 1, since_epoch<1'000'000'000>};
  table["unixEpochMillis"] = {1, 1, since_epoch<1'000'000>};
  table["unixEpochNanos"] = {1, 1, since_epoch<1>};
  table["unixToTime"] = {1, 1, unix_to_time};
}

}  // namespace sluice::query::tmpl
