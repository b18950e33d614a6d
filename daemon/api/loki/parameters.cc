#include "daemon/api/loki/parameters.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/types/ascii.h"
#include "query/engine/engine.h"

namespace sluice::api::loki {

namespace {

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  Number value{};
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

constexpr double furthest_second = 9.2e9;  // what int64 nanoseconds hold

std::optional<Timestamp> from_seconds(double seconds) {
  if (!std::isfinite(seconds) || std::fabs(seconds) > furthest_second) return std::nullopt;
  return from_unix_ns(std::llround(seconds * 1e9));
}

std::string in_quotes(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

Result<Timestamp> time_parameter(const http::Params& params, std::string_view name,
                                 Timestamp fallback) {
  const auto text = params.get(name);
  if (!text || text->empty()) return fallback;
  return parse_time(*text);
}

// `{}`: what a query may not be selects streams where only their labels or sizes are asked for.
bool selects_all(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  std::string bare;
  std::copy_if(text.begin(), text.end(), std::back_inserter(bare),
               [&](char c) { return blanks.find(c) == std::string_view::npos; });
  return bare == "{}";
}

}  // namespace

Result<Timestamp> parse_time(const std::string& text) {
  constexpr std::size_t longest_seconds = 10;
  if (text.find('.') != std::string::npos)
    if (const auto seconds = whole_number<double>(text))
      if (const auto time = from_seconds(*seconds)) return *time;
  if (const auto number = whole_number<std::int64_t>(text)) {
    if (text.size() > longest_seconds) return from_unix_ns(*number);
    return *from_seconds(static_cast<double>(*number));
  }
  if (auto time = parse_rfc3339(text)) return time;
  return invalid_argument("cannot parse " + in_quotes(text) + " to a valid timestamp");
}

Result<Duration> parse_step(const std::string& text) {
  if (const auto seconds = whole_number<double>(text)) {
    if (const auto step = from_seconds(*seconds)) return step->time_since_epoch();
    return invalid_argument("cannot parse " + in_quotes(text) +
                            " to a valid duration. It overflows int64");
  }
  if (auto duration = parse_prometheus_duration(text)) return duration;
  return invalid_argument("cannot parse " + in_quotes(text) + " to a valid duration");
}

Result<TimeRange> parse_range(const http::Params& params, Timestamp now, Duration default_since) {
  SLUICE_TRY(const Timestamp end, time_parameter(params, "end", now));
  Duration since = default_since;
  if (const auto text = params.get("since"); text && !text->empty()) {
    SLUICE_TRY(since, parse_step(*text));
  }
  SLUICE_TRY(const Timestamp start, time_parameter(params, "start", std::min(end, now) - since));
  if (end < start)
    return invalid_argument("end timestamp must not be before or equal to start time");
  return TimeRange{start, end};
}

Result<Duration> parse_step_or_default(const http::Params& params, const TimeRange& range) {
  constexpr std::int64_t default_steps = 250;
  const auto text = params.get("step");
  if (!text || text->empty()) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(range.end - range.start).count();
    return Duration{std::chrono::seconds{std::max<std::int64_t>(seconds / default_steps, 1)}};
  }
  SLUICE_TRY(const Duration step, parse_step(*text));
  if (step < std::chrono::milliseconds{1})
    return invalid_argument(
        "zero or negative query resolution step widths are not accepted. Try a "
        "positive integer");
  return step;
}

Result<std::size_t> parse_limit(const http::Params& params, std::size_t fallback) {
  const auto text = params.get("limit");
  if (!text || text->empty()) return fallback;
  const auto limit = whole_number<std::int64_t>(*text);
  if (!limit) return invalid_argument("cannot parse limit " + in_quotes(*text) + " as a number");
  if (*limit <= 0) return invalid_argument("limit must be a positive value");
  return static_cast<std::size_t>(*limit);
}

Result<query::Direction> parse_direction(const http::Params& params) {
  const std::string text = lower_case(params.get_or("direction", ""));
  if (text.empty() || text == "backward") return query::Direction::backward;
  if (text == "forward") return query::Direction::forward;
  return invalid_argument("invalid direction '" + text + "'");
}

Result<std::vector<query::LabelMatcher>> parse_selector(const std::string& text) {
  if (selects_all(text)) return std::vector<query::LabelMatcher>{};
  SLUICE_TRY(auto expr, query::parse_logql(text));
  auto* log = std::get_if<query::LogQuery>(&expr->node);
  if (log == nullptr || !log->pipeline.empty())
    return invalid_argument("only label matchers are supported, as in {app=\"web\"}");
  return std::move(log->matchers);
}

Result<std::vector<query::LabelMatcher>> parse_optional_selector(const http::Params& params) {
  const auto text = params.get_or("query", "");
  if (text.empty()) return std::vector<query::LabelMatcher>{};
  return parse_selector(text);
}

}  // namespace sluice::api::loki
