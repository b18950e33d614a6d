#include "query/cli/log_context.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "query/cli/api_client.h"

namespace sluice::query::cli {

Result<std::vector<LogLine>> read_side(const std::string& query, TimeRange range, std::size_t limit,
                                       bool forward, Context& context) {
  if (limit == 0) return std::vector<LogLine>{};
  http::Params params;
  params.add("query", query);
  params.add("start", std::to_string(unix_ns(range.start)));
  params.add("end", std::to_string(unix_ns(range.end)));
  params.add("limit", std::to_string(limit));
  params.add("direction", forward ? "forward" : "backward");
  SLUICE_TRY(auto answer, ApiClient(context).get("/loki/api/v1/query_range", params));
  SLUICE_TRY(const auto data, data_of(std::move(answer)));
  if (text_of(data, "resultType") != "streams")
    return invalid_argument("lines have a context, numbers have none: give a log query");
  SLUICE_TRY(auto lines, parse_streams(data["result"]));
  sort_lines(lines, true);
  return lines;
}

Result<void> MatchContext::fetch(const LogLine& match, const ContextSize& size, Context& context) {
  constexpr std::size_t at_once = 100;
  const std::string stream = match.labels.to_string();
  const Timestamp at = match.timestamp;
  SLUICE_TRY(auto lines, read_side(stream, {at - size.window, at}, size.before, false, context));
  SLUICE_TRY(const auto here, read_side(stream, {at, at + Duration{1}}, at_once, true, context));
  SLUICE_TRY(const auto after,
             read_side(stream, {at + Duration{1}, at + size.window}, size.after, true, context));
  lines.insert(lines.end(), here.begin(), here.end());
  lines.insert(lines.end(), after.begin(), after.end());
  for (auto& line : lines) line.labels = match.labels;  // without what is not the stream's
  add(match, lines);
  return {};
}

MatchContext::Stream& MatchContext::stream_of(const LogLine& line) {
  const auto at = std::find_if(streams_.begin(), streams_.end(),
                               [&](const Stream& stream) { return stream.labels == line.labels; });
  return at != streams_.end() ? *at : streams_.emplace_back(Stream{line.labels, {}});
}

void MatchContext::add(const LogLine& match, const std::vector<LogLine>& lines) {
  Stream& stream = stream_of(match);
  bool joined = false;
  for (const LogLine& line : lines) {
    auto& place = stream.places[{line.timestamp, line.line}];
    if (!place.match) place.line = line;
    place.joined |= joined;
    joined = true;
  }
  // As the query made it, whatever it says in the store.
  auto& place = stream.places[{match.timestamp, match.line}];
  place.line = match;
  place.match = true;
}

std::vector<MatchContext::Shown> MatchContext::lines() const {
  std::vector<Shown> shown;
  for (const Stream& stream : streams_)
    for (const auto& [key, place] : stream.places)
      shown.push_back({place.line, place.match, !place.joined});
  return shown;
}

}  // namespace sluice::query::cli
