// Time functions that LogQL documents. A time is text, as Go prints it or in RFC 3339, or a number
// of seconds since the epoch.
#include <array>
#include <charconv>

#include "query/template/functions.h"
#include "query/template/go_time.h"

namespace sluice::query::tmpl {

namespace {

// As times are printed: with the name of the zone, or with its offset twice.
constexpr std::array<std::string_view, 2> printed_layouts = {"2006-01-02 15:04:05 -0700 MST",
                                                             "2006-01-02 15:04:05 -0700 -0700"};

Result<Timestamp> time_arg(Args args, std::size_t i) {
  const std::string text = text_arg(args, i);
  if (auto time = parse_rfc3339(text)) return time;
  for (const auto layout : printed_layouts)
    if (auto time = parse_go_time(layout, text))
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

// The zone of a time whose text names one. Go keeps it: the wanted zone where that has this offset
// (and name) at the time, else a zone of its own, whose offset is 0 if only its name is known.
ZoneOffset named_zone(const GoTime& parsed, const TimeZone& wanted, std::int64_t local_seconds) {
  if (parsed.utc) return {};
  const auto offset =
      parsed.offset_seconds ? parsed.offset_seconds : wanted.offset_named(parsed.zone_name);
  if (!offset) return {0, parsed.zone_name};
  if (!parsed.offset_seconds) return {*offset, parsed.zone_name};
  const ZoneOffset here = wanted.at(local_seconds - *offset);
  const bool same =
      here.seconds == *offset && (parsed.zone_name.empty() || here.name == parsed.zone_name);
  return same ? here : ZoneOffset{*offset, parsed.zone_name};
}

// toDateInZone LAYOUT ZONE TEXT; a zone that is not known is UTC, as in Loki
Result<TemplateValue> date_in_zone(const std::string& layout, const std::string& zone_name,
                                   const std::string& text) {
  auto found = TimeZone::find(zone_name);
  if (!found) found = TimeZone::find("UTC");
  SLUICE_TRY(const auto zone, std::move(found));
  SLUICE_TRY(const auto parsed, parse_go_time(layout, text));
  const auto local = std::chrono::floor<std::chrono::seconds>(parsed.local).time_since_epoch();
  const bool says_zone = parsed.offset_seconds.has_value() || !parsed.zone_name.empty();
  const ZoneOffset offset =
      says_zone ? named_zone(parsed, *zone, local.count()) : zone->at_local(local.count());
  return TemplateValue(go_time_text(parsed.local - std::chrono::seconds(offset.seconds), offset));
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
