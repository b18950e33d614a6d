// GET /loki/api/v1/patterns: the shapes of the lines that a log query reads, by level, with how
// often each occurs per step, and when it was first and last seen in the range. A shape is a line's
// template, of its message if it is structured (rules/message_fields.h), with <_> for what varies,
// so that it can be used as a filter: {app="web"} |> "<_> failed <_>".
//
// Counts come from the columns of the parts; there is no registry of templates that could disagree
// with the data (docs/decisions/0014-patterns-from-parts.md).

#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/endpoints.h"
#include "daemon/api/loki/parameters.h"
#include "daemon/api/loki/pattern_counter.h"
#include "query/ast/expr.h"
#include "rules/log_message.h"

namespace sluice::api::loki {

namespace {

// Reading ends here; what was not read is not counted, and a warning says so.
constexpr std::chrono::seconds reading_time{5};
constexpr std::size_t max_shown = 300;

struct Found {
  std::unique_ptr<query::QueryContext> context;
  std::unique_ptr<PatternCounter> counter;
};

// A selector, `{}` included, or a whole log query.
Result<query::LogQuery> parse_query(const std::string& text) {
  if (auto matchers = parse_selector(text)) return query::LogQuery{std::move(*matchers), {}};
  SLUICE_TRY(auto expr, query::parse_logql(text));
  auto* log = std::get_if<query::LogQuery>(&expr->node);
  if (log == nullptr)
    return invalid_argument("a log query such as {app=\"web\"} is needed here, not a metric query");
  return std::move(*log);
}

std::string_view level_of(const query::LogBatch& batch, std::size_t row) {
  const LabelSet* const metadata = batch.metadata.empty() ? nullptr : batch.metadata[row];
  return metadata == nullptr ? std::string_view() : metadata->get("detected_level");
}

// Past the query's memory, or its time, the answer is of what was read.
Result<void> read(const Api& api, const query::LogQuery& query, const query::RowScan& scan,
                  const Found& found) {
  const auto until = std::chrono::steady_clock::now() + reading_time;
  constexpr std::uint64_t between_looks = 1024;
  bool in_time = true;
  const auto visit = [&](const query::LogBatch& batch, std::size_t row) -> Result<bool> {
    SLUICE_CHECK(found.counter->add(batch, row, level_of(batch, row)));
    if (found.counter->total() % between_looks == 0)
      in_time = std::chrono::steady_clock::now() < until;
    return in_time;
  };
  const auto done = api.sources.engine.scan(query, scan, *found.context, visit);
  if (!done && done.error().code != ErrorCode::limit_exceeded) return done;
  if (!done) found.context->warn("the result is partial: " + done.error().message);
  if (!in_time)
    found.context->warn("patterns are of the newest lines, as many as 5 seconds could read");
  return {};
}

Result<Found> count(const Api& api, const http::Request& request) {
  SLUICE_TRY(const auto range, query_range_of(api, request));
  SLUICE_TRY(const Duration step, parse_step_or_default(request.query, range));
  SLUICE_TRY(const auto query, parse_query(request.query.get_or("query", "")));
  const auto fields = rules::default_message_fields();
  Found found{query_context(api, request), {}};
  found.counter = std::make_unique<PatternCounter>(
      fields, std::max<Duration>(step, std::chrono::seconds{1}), *found.context);
  SLUICE_CHECK(read(api, query, {request.tenant, range, {fields}, {"detected_level"}}, found));
  if (found.counter->uncounted() > 0)
    found.context->warn("there are more than " + std::to_string(PatternCounter::max_patterns) +
                        " patterns; " + std::to_string(found.counter->uncounted()) +
                        " lines of further ones are not counted");
  return found;
}

void write_pattern(JsonWriter& out, const PatternCounter::Pattern& pattern) {
  out.begin_object().key("pattern").string(pattern.text);
  if (!pattern.level.empty()) out.key("level").string(pattern.level);
  out.key("firstSeen").string(std::to_string(unix_ns(pattern.count->first)));
  out.key("lastSeen").string(std::to_string(unix_ns(pattern.count->last)));
  out.key("samples").begin_array();
  for (const auto& [second, n] : pattern.count->steps)
    out.begin_array().number(second).number(n).end_array();
  out.end_array().end_object();
}

}  // namespace

http::Response patterns(const Api& api, http::Request& request) {
  const auto found = count(api, request);
  if (!found) return failure(found.error());
  const auto warnings = found->context->warnings();
  JsonWriter out;
  out.begin_object().key("status").string("success");
  if (!warnings.empty()) {
    out.key("warnings").begin_array();
    for (const auto& warning : warnings) out.string(warning);
    out.end_array();
  }
  out.key("data").begin_array();
  for (const auto& pattern : found->counter->largest(max_shown)) write_pattern(out, pattern);
  out.end_array().end_object();
  return json(out.take());
}

}  // namespace sluice::api::loki
