// GET /loki/api/v1/patterns: the shapes of the lines a selector reads, with how often each occurs
// per step. A shape is a line's template (rules/line_template.h) with <_> for what varies, so that
// it can be used as a filter: {app="web"} |> "<_> failed <_>".

#include <algorithm>
#include <map>
#include <unordered_map>

#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/endpoints.h"
#include "daemon/api/loki/parameters.h"
#include "rules/line_template.h"

namespace sluice::api::loki {

namespace {

// Reading ends here; what was not read is not counted.
constexpr std::chrono::seconds reading_time{5};
constexpr std::size_t max_templates = 10'000;
constexpr std::size_t max_shown = 300;

struct Pattern {
  std::string text;
  std::uint64_t total = 0;
  std::map<std::int64_t, std::uint64_t> counts;  // by step, in seconds
};

std::string filter_text(const rules::LineTemplate& pattern) {
  constexpr std::string_view gap = "<_>";
  std::string out = pattern.statics.front();
  for (std::size_t i = 0; i < pattern.slots.size(); ++i) {
    if (!out.ends_with(gap)) out += gap;
    out += pattern.statics[i + 1];
  }
  return out;
}

class PatternCounter {
 public:
  explicit PatternCounter(Duration step) : step_(step) {}

  void add(Timestamp timestamp, std::string_view line) {
    const auto split = rules::split_line(line);
    const auto id = split.pattern.id();
    auto it = patterns_.find(id);
    if (it == patterns_.end()) {
      if (patterns_.size() >= max_templates) return;
      it = patterns_.emplace(id, Pattern{filter_text(split.pattern), 0, {}}).first;
    }
    const std::int64_t ns = unix_ns(timestamp);
    ++it->second.total;
    ++it->second.counts[(ns - ns % step_.count()) / 1'000'000'000];
  }

  std::vector<Pattern> largest() && {
    std::vector<Pattern> out;
    for (auto& [id, pattern] : patterns_) out.push_back(std::move(pattern));
    std::sort(out.begin(), out.end(), [](const Pattern& a, const Pattern& b) {
      return a.total != b.total ? a.total > b.total : a.text < b.text;
    });
    if (out.size() > max_shown) out.resize(max_shown);
    return out;
  }

 private:
  Duration step_;
  std::unordered_map<std::uint64_t, Pattern> patterns_;
};

Result<std::vector<Pattern>> count(const Api& api, const http::Request& request) {
  SLUICE_TRY(const auto range, parse_range(request.query, api.clock.now()));
  SLUICE_TRY(const Duration step, parse_step_or_default(request.query, range));
  SLUICE_TRY(auto matchers, parse_selector(request.query.get_or("query", "")));
  const auto context = query_context(api, request);
  const query::LogSelect select{
      request.tenant, std::move(matchers), range, {}, query::Direction::backward};
  SLUICE_TRY(auto cursor, api.sources.logs.select(select, *context));
  const auto until = std::chrono::steady_clock::now() + reading_time;
  PatternCounter counter(std::max<Duration>(step, std::chrono::seconds{1}));
  while (std::chrono::steady_clock::now() < until) {
    SLUICE_CHECK(context->check());
    SLUICE_TRY(const query::LogBatch* batch, cursor->next());
    if (batch == nullptr) break;
    for (std::size_t i = 0; i < batch->lines.size(); ++i)
      counter.add(batch->timestamps[i], batch->lines[i]);
  }
  return std::move(counter).largest();
}

}  // namespace

http::Response patterns(const Api& api, http::Request& request) {
  const auto found = count(api, request);
  if (!found) return failure(found.error());
  JsonWriter out;
  out.begin_object().key("status").string("success").key("data").begin_array();
  for (const auto& pattern : *found) {
    out.begin_object().key("pattern").string(pattern.text).key("samples").begin_array();
    for (const auto& [second, n] : pattern.counts)
      out.begin_array().number(second).number(n).end_array();
    out.end_array().end_object();
  }
  out.end_array().end_object();
  return json(out.take());
}

}  // namespace sluice::api::loki
