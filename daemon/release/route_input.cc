#include "daemon/release/route_input.h"

#include <algorithm>
#include <charconv>

namespace sluice::release {

Result<alerting::JsonDocument> read_body(const http::Request& request,
                                         std::initializer_list<std::string_view> known) {
  const std::string_view text = request.body.empty() ? "{}" : std::string_view(request.body);
  auto doc = alerting::JsonDocument::parse(text, "the body");
  if (!doc) return invalid_argument(doc.error().message);
  for (const auto& member : doc->members()) {
    if (std::find(known.begin(), known.end(), member) == known.end()) {
      return invalid_argument("the body has an unknown member \"" + member + "\"");
    }
  }
  return doc;
}

Result<std::optional<Duration>> duration_member(const alerting::JsonDocument& doc,
                                                std::string_view member) {
  if (!doc.has(member)) return std::optional<Duration>();
  auto duration = parse_prometheus_duration(doc.text(member));
  if (!duration) {
    return invalid_argument("\"" + std::string(member) + "\": " + duration.error().message);
  }
  return std::optional<Duration>(*duration);
}

Result<std::size_t> read_limit(const http::Request& request) {
  constexpr std::size_t fallback = 50, max = 500;
  const std::string text = request.query.get_or("limit", "");
  if (text.empty()) return fallback;
  std::size_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || value < 1 || value > max) {
    return invalid_argument("\"limit\" must be a number from 1 to 500");
  }
  return value;
}

Result<void> finish_body(const alerting::JsonDocument& doc) {
  if (auto done = doc.finish(); !done) return invalid_argument(done.error().message);
  return {};
}

}  // namespace sluice::release
