#include "agent/pipeline/timestamp.h"

#include "agent/pipeline/civil.h"
#include "agent/pipeline/scan.h"

namespace sluice::agent {
namespace {

using scan::take;
using scan::take_unsigned;

constexpr std::size_t clf_reach = 256;

// "<13>" or "<13>1 " of a syslog line; nothing is taken unless it is whole.
void skip_priority(std::string_view& text) {
  auto rest = text;
  if (!take(rest, '<') || !take_unsigned(rest, 1, 3) || !take(rest, '>')) return;
  if (rest.starts_with("1 ")) rest.remove_prefix(2);
  text = rest;
}

// "Jan  2 03:04:05[.123]"
std::optional<Timestamp> take_syslog_time(std::string_view text, const TimeContext& context) {
  Civil c;
  const auto month = scan::take_month(text);
  if (!month || !take(text, ' ')) return std::nullopt;
  take(text, ' ');
  const auto day = take_unsigned(text, 1, 2);
  if (!day || !take(text, ' ') || !scan::take_clock(text, c)) return std::nullopt;
  c.month = *month;
  c.day = *day;
  scan::take_nanos(text, ".", c);
  return to_utc_without_year(c, context.reference, context.local_time);
}

// "02/Jan/2026:03:04:05 +0000" after an opening bracket.
std::optional<Timestamp> take_clf_time(std::string_view text) {
  Civil c;
  const auto day = take_unsigned(text, 2, 2);
  if (!day || !take(text, '/')) return std::nullopt;
  const auto month = scan::take_month(text);
  if (!month || !take(text, '/')) return std::nullopt;
  const auto year = take_unsigned(text, 4, 4);
  if (!year || *year < 1990 || !take(text, ':') || !scan::take_clock(text, c)) return std::nullopt;
  if (!take(text, ' ') || text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const int sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  const auto zone = take_unsigned(text, 4, 4);
  if (!zone) return std::nullopt;
  c.year = static_cast<int>(*year);
  c.month = *month;
  c.day = *day;
  const auto east = sign * static_cast<int>(*zone / 100 * 3600 + *zone % 100 * 60);
  return to_utc(c, std::chrono::seconds{east});
}

std::optional<Timestamp> find_clf_time(std::string_view line) {
  const auto reach = line.substr(0, clf_reach);
  for (auto at = reach.find('['); at != std::string_view::npos; at = reach.find('[', at + 1))
    if (const auto t = take_clf_time(line.substr(at + 1))) return t;
  return std::nullopt;
}

std::optional<Timestamp> find_logfmt_time(std::string_view line, const TimeContext& context) {
  const auto equals = line.substr(0, 16).find('=');
  if (equals == std::string_view::npos || !is_time_key(line.substr(0, equals))) return std::nullopt;
  auto value = line.substr(equals + 1);
  if (take(value, '"')) return read_time_value(value.substr(0, value.find('"')), context);
  return read_time_value(value.substr(0, value.find(' ')), context);
}

std::optional<Timestamp> take_plain_epoch(std::string_view text) {
  const auto t = take_epoch(text);
  const bool stands_alone = text.empty() || text.front() == ' ' || text.front() == '\t' ||
                            text.front() == ']' || text.front() == ':';
  return t && stands_alone ? t : std::nullopt;
}

}  // namespace

std::optional<Timestamp> find_timestamp(std::string_view line, const TimeContext& context) {
  if (line.starts_with('{')) return find_json_time(line, context);
  if (const auto t = find_logfmt_time(line, context)) return t;
  auto text = line;
  skip_priority(text);
  take(text, '[');
  if (const auto t = take_iso_time(text, context)) return t;
  if (const auto t = take_syslog_time(text, context)) return t;
  if (const auto t = take_plain_epoch(text)) return t;
  return find_clf_time(line);
}

}  // namespace sluice::agent
