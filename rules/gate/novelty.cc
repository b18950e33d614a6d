#include "rules/gate/novelty.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/log_message.h"

namespace sluice::rules {
namespace {

constexpr std::size_t max_sample_bytes = 1024;
constexpr std::size_t patterns_kept = 50;

bool matters(const NoveltyPolicy& policy, const PatternEvidence& p) {
  return p.count >= policy.min_count && p.share >= policy.min_share;
}

struct Tally {
  std::uint64_t known = 0, fresh = 0, rare = 0, unverified = 0;
  const PatternEvidence* worst = nullptr;  // the most frequent new one
};

Tally count(const NoveltyPolicy& policy, const NoveltyEvidence& evidence) {
  Tally t;
  for (const auto& p : evidence.patterns) {
    if (p.status == PatternEvidence::Status::known) {
      ++t.known;
    } else if (!matters(policy, p)) {
      ++t.rare;
    } else if (p.status == PatternEvidence::Status::unverified) {
      ++t.unverified;
    } else {
      ++t.fresh;
      if (t.worst == nullptr || p.count > t.worst->count) t.worst = &p;
    }
  }
  return t;
}

std::string describe(const Tally& t) {
  return fmt::format("{} new error pattern{}: \"{}\" ({} lines, {:.2g}%)", t.fresh,
                     t.fresh == 1 ? "" : "s", t.worst->text, t.worst->count, t.worst->share * 100);
}

std::pair<Verdict, std::string> conclude(const NoveltyPolicy& p, const NoveltyEvidence& e,
                                         const Tally& t) {
  if (e.candidate_lines <= 0) return {Verdict::no_data, "no lines of the candidate"};
  if (e.baseline_lines <= 0) return {Verdict::no_data, "no lines of the baseline"};
  if (e.baseline_lines < p.min_samples) {
    return {Verdict::inconclusive,
            fmt::format("the baseline has {:.0f} lines, {:.0f} are needed to call a pattern new",
                        e.baseline_lines, p.min_samples)};
  }
  if (t.fresh > p.max_new) return {Verdict::fail, describe(t)};
  if (t.unverified > 0) {
    return {Verdict::inconclusive,
            fmt::format("{} patterns could not be verified against the baseline", t.unverified)};
  }
  if (e.overflow > 0) {
    return {Verdict::inconclusive,
            fmt::format("{} error lines beyond the pattern limit were not looked at", e.overflow)};
  }
  if (e.candidate_lines < p.min_samples) {
    return {Verdict::inconclusive, fmt::format("{:.0f} lines of the candidate, {:.0f} are needed",
                                               e.candidate_lines, p.min_samples)};
  }
  return {Verdict::pass,
          fmt::format("{} error patterns, all known{}", t.known,
                      t.rare > 0 ? fmt::format(", {} too rare to judge", t.rare) : std::string())};
}

}  // namespace

PatternCounter::PatternCounter(std::vector<std::string> message_fields, std::size_t max_patterns,
                               std::size_t max_samples)
    : fields_(std::move(message_fields)), max_patterns_(max_patterns), max_samples_(max_samples) {}

void PatternCounter::add(std::string_view line) {
  Pattern& pattern = pattern_of(line);
  count(pattern);
  if (wants_sample(pattern)) add_sample(pattern, line);
}

PatternCounter::Pattern& PatternCounter::pattern_of(std::string_view line) {
  LineTemplate pattern = split_line(message_of(line, fields_)).pattern;
  const std::uint64_t id = pattern.id();
  const auto it = patterns_.find(id);
  if (it != patterns_.end()) return it->second;
  if (patterns_.size() >= max_patterns_) return no_room_;
  return patterns_.emplace(id, Pattern{std::move(pattern), 0, {}}).first->second;
}

void PatternCounter::count(Pattern& pattern) {
  ++lines_;
  ++pattern.count;
}

bool PatternCounter::wants_sample(const Pattern& pattern) const {
  return pattern.samples.size() < max_samples_ && &pattern != &no_room_;
}

void PatternCounter::add_sample(Pattern& pattern, std::string_view line) const {
  pattern.samples.emplace_back(line.substr(0, max_sample_bytes));
}

std::vector<PatternCounter::Pattern> PatternCounter::patterns() const {
  std::vector<Pattern> out;
  for (const auto& [id, pattern] : patterns_) out.push_back(pattern);
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.count > b.count; });
  return out;
}

bool PatternCounter::same(std::string_view line, std::uint64_t id) const {
  return split_line(message_of(line, fields_)).pattern.id() == id;
}

CheckResult judge_novelty(const NoveltyPolicy& policy, const NoveltyEvidence& evidence) {
  CheckResult out;
  out.name = out.type = "new_patterns";
  const Tally tally = count(policy, evidence);
  std::tie(out.verdict, out.reason) = conclude(policy, evidence, tally);
  out.value = static_cast<double>(tally.fresh);
  out.threshold = static_cast<double>(policy.max_new);
  out.candidate_samples = evidence.candidate_lines;
  out.baseline_samples = evidence.baseline_lines;
  out.figures = {{"error_lines", evidence.candidate_errors},
                 {"templates", static_cast<double>(evidence.patterns.size())},
                 {"known", static_cast<double>(tally.known)},
                 {"new", static_cast<double>(tally.fresh)},
                 {"rare", static_cast<double>(tally.rare)},
                 {"unverified", static_cast<double>(tally.unverified)}};
  out.patterns = evidence.patterns;
  // What is new comes first, so that the bound never hides it.
  std::stable_sort(out.patterns.begin(), out.patterns.end(), [](const auto& a, const auto& b) {
    return (a.status == PatternEvidence::Status::fresh) >
           (b.status == PatternEvidence::Status::fresh);
  });
  if (out.patterns.size() > patterns_kept) out.patterns.resize(patterns_kept);
  return out;
}

}  // namespace sluice::rules
