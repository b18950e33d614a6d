// GET /loki/api/v1/patterns: the shapes of the lines a selector reads, by level, with how often
// each occurs per step, and when it was first and last seen in the range. A shape is a line's
// template (rules/line_template.h) with <_> for what varies, so that it can be used as a filter:
// {app="web"} |> "<_> failed <_>".

#include <algorithm>
#include <map>
#include <unordered_map>

#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/endpoints.h"
#include "daemon/api/loki/parameters.h"
#include "rules/line_template.h"

namespace sluice::api::loki {

namespace {

// Reading ends here; what was not read is not counted, and a warning says so.
constexpr std::chrono::seconds reading_time{5};
constexpr std::size_t max_templates = 10'000;
constexpr std::size_t max_shown = 300;

struct Pattern {
  std::string text;
  std::string level;  // "" if lines have none
  Timestamp first = Timestamp::max();
  Timestamp last = Timestamp::min();
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

  void add(Timestamp timestamp, std::string_view line, std::string_view level) {
    const auto split = rules::split_line(line);
    Pattern* const pattern = find(split.pattern, level);
    if (pattern == nullptr) return;
    pattern->first = std::min(pattern->first, timestamp);
    pattern->last = std::max(pattern->last, timestamp);
    const std::int64_t ns = unix_ns(timestamp);
    ++pattern->total;
    ++pattern->counts[(ns - ns % step_.count()) / 1'000'000'000];
  }
  bool full() const { return full_; }

  std::vector<Pattern> largest() && {
    std::vector<Pattern> out;
    for (auto& [id, levels] : patterns_)
      for (auto& pattern : levels) out.push_back(std::move(pattern));
    std::sort(out.begin(), out.end(), [](const Pattern& a, const Pattern& b) {
      return a.total != b.total ? a.total > b.total : a.text < b.text;
    });
    if (out.size() > max_shown) out.resize(max_shown);
    return out;
  }

 private:
  // Null: there are too many already.
  Pattern* find(const rules::LineTemplate& pattern, std::string_view level) {
    auto& levels = patterns_[pattern.id()];
    for (auto& known : levels)
      if (known.level == level) return &known;
    full_ = full_ || size_ == max_templates;
    if (full_) return nullptr;
    ++size_;
    Pattern& added = levels.emplace_back();
    added.text = filter_text(pattern);
    added.level = level;
    return &added;
  }

  Duration step_;
  std::unordered_map<std::uint64_t, std::vector<Pattern>> patterns_;  // by template, then level
  std::size_t size_ = 0;
  bool full_ = false;
};

std::string_view level_of(const query::LogBatch& batch, std::size_t row) {
  const LabelSet* const metadata = batch.metadata.empty() ? nullptr : batch.metadata[row];
  return metadata == nullptr ? std::string_view() : metadata->get("detected_level");
}

struct Found {
  std::vector<Pattern> patterns;
  std::vector<std::string> warnings;
};

Result<Found> count(const Api& api, const http::Request& request) {
  SLUICE_TRY(const auto range, query_range_of(api, request));
  SLUICE_TRY(const Duration step, parse_step_or_default(request.query, range));
  SLUICE_TRY(auto matchers, parse_selector(request.query.get_or("query", "")));
  const auto context = query_context(api, request);
  const query::LogSelect select{
      request.tenant, std::move(matchers), range, {}, query::Direction::backward};
  SLUICE_TRY(auto cursor, api.sources.logs.select(select, *context));
  const auto until = std::chrono::steady_clock::now() + reading_time;
  PatternCounter counter(std::max<Duration>(step, std::chrono::seconds{1}));
  bool complete = false;
  while (!complete && std::chrono::steady_clock::now() < until) {
    SLUICE_CHECK(context->check());
    SLUICE_TRY(const query::LogBatch* batch, cursor->next());
    complete = batch == nullptr;
    for (std::size_t i = 0; !complete && i < batch->lines.size(); ++i)
      counter.add(batch->timestamps[i], batch->lines[i], level_of(*batch, i));
  }
  if (!complete) context->warn("patterns are of the newest lines, as many as 5 seconds could read");
  if (counter.full())
    context->warn("there are more than " + std::to_string(max_templates) +
                  " patterns; further ones are not counted");
  return Found{std::move(counter).largest(), context->warnings()};
}

void write_pattern(JsonWriter& out, const Pattern& pattern) {
  out.begin_object().key("pattern").string(pattern.text);
  if (!pattern.level.empty()) out.key("level").string(pattern.level);
  out.key("firstSeen").string(std::to_string(unix_ns(pattern.first)));
  out.key("lastSeen").string(std::to_string(unix_ns(pattern.last)));
  out.key("samples").begin_array();
  for (const auto& [second, n] : pattern.counts)
    out.begin_array().number(second).number(n).end_array();
  out.end_array().end_object();
}

}  // namespace

http::Response patterns(const Api& api, http::Request& request) {
  const auto found = count(api, request);
  if (!found) return failure(found.error());
  JsonWriter out;
  out.begin_object().key("status").string("success");
  if (!found->warnings.empty()) {
    out.key("warnings").begin_array();
    for (const auto& warning : found->warnings) out.string(warning);
    out.end_array();
  }
  out.key("data").begin_array();
  for (const auto& pattern : found->patterns) write_pattern(out, pattern);
  out.end_array().end_object();
  return json(out.take());
}

}  // namespace sluice::api::loki
