#include "daemon/api/prometheus/parameters.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "query/engine/engine.h"

namespace sluice::api::prometheus {

namespace {

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string quoted(const std::string& text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

Error parameter_error(std::string_view name, const Error& error) {
  return invalid_argument("invalid parameter \"" + std::string(name) + "\": " + error.message);
}

}  // namespace

Result<std::int64_t> parse_time(const std::string& text) {
  if (const auto seconds = parse_number(text)) {
    // What milliseconds in int64 can hold.
    if (std::fabs(*seconds) < 9.2e15) return std::llround(*seconds * 1000);
  } else if (const auto time = parse_rfc3339(text)) {
    return unix_ms(to_ms(*time));
  }
  return invalid_argument("cannot parse " + quoted(text) + " to a valid timestamp");
}

Result<std::int64_t> parse_duration(const std::string& text) {
  if (const auto seconds = parse_number(text)) {
    if (std::fabs(*seconds) < 9.2e15) return std::llround(*seconds * 1000);
    return invalid_argument("cannot parse " + quoted(text) +
                            " to a valid duration. It overflows int64");
  }
  if (const auto length = parse_prometheus_duration(text))
    return std::chrono::duration_cast<std::chrono::milliseconds>(*length).count();
  return invalid_argument("cannot parse " + quoted(text) + " to a valid duration");
}

Result<std::size_t> parse_limit(const http::Params& params) {
  const std::string text = params.get_or("limit", "");
  if (text.empty()) return std::size_t{0};
  std::int64_t limit = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (ec != std::errc{} || end != text.data() + text.size())
    return invalid_argument("cannot parse " + quoted(text) + " to a number");
  if (limit < 0) return invalid_argument("limit must be non-negative");
  return static_cast<std::size_t>(limit);
}

Result<std::vector<Selector>> parse_selectors(const std::vector<std::string>& texts) {
  std::vector<Selector> selectors;
  for (const std::string& text : texts) {
    auto expr = query::parse_promql(text);
    if (!expr) {
      if (expr.error().message.find("at least one non-empty matcher") != std::string::npos)
        return invalid_argument("match[] must contain at least one non-empty matcher");
      return std::move(expr).error();
    }
    const auto* selector = std::get_if<query::VectorSelector>(&(*expr)->node);
    if (!selector) return invalid_argument(quoted(text) + " is not a series selector");
    selectors.push_back(selector->matchers);
  }
  return selectors;
}

Result<TimeSpan> parse_span(const http::Params& params) {
  TimeSpan span{std::numeric_limits<std::int64_t>::min(),
                std::numeric_limits<std::int64_t>::max()};
  for (const auto& [name, into] : {std::pair{"start", &span.start_ms}, {"end", &span.end_ms}}) {
    const std::string text = params.get_or(name, "");
    if (text.empty()) continue;
    auto time = parse_time(text);
    if (!time) return parameter_error(name, time.error());
    *into = *time;
  }
  return span;
}

}  // namespace sluice::api::prometheus
