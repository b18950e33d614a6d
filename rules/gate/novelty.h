// The new-pattern check: error patterns of the candidate that the baseline never logged.
//
// Patterns are line templates (rules/line_template.h) of the message; whether the baseline knows
// one is verified by searching its stored lines, not by comparing samples, so "new" is a fact about
// the store. A pattern counts from min_count lines and min_share of the traffic: in a healthy
// release rare patterns appear by chance.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "rules/gate/policy.h"
#include "rules/line_template.h"

namespace sluice::rules {

// Groups lines into patterns. Bounded: past max_patterns new ones are only counted.
class PatternCounter {
 public:
  explicit PatternCounter(std::vector<std::string> message_fields, std::size_t max_patterns = 2'000,
                          std::size_t max_samples = 3);
  void add(std::string_view line);

  struct Pattern {
    LineTemplate pattern;
    std::uint64_t count = 0;
    std::vector<std::string> samples;
  };
  // The same in two steps, for who knows which lines are alike. What pattern_of() gives stays where
  // it is, and may be counted as often as there are lines of it; its lines are welcome as samples
  // while wants_sample().
  Pattern& pattern_of(std::string_view line);
  void count(Pattern& pattern);
  bool wants_sample(const Pattern& pattern) const;
  void add_sample(Pattern& pattern, std::string_view line) const;

  const std::vector<std::string>& fields() const { return fields_; }
  // Most frequent first; equal counts in order of id.
  std::vector<Pattern> patterns() const;
  std::uint64_t overflow() const { return no_room_.count; }  // lines beyond the bound
  std::uint64_t lines() const { return lines_; }             // all
  // Same template as `pattern`? Used on lines found in the baseline.
  bool same(std::string_view line, std::uint64_t id) const;

 private:
  std::vector<std::string> fields_;
  std::size_t max_patterns_;
  std::size_t max_samples_;
  std::uint64_t lines_ = 0;
  Pattern no_room_;  // for all beyond the bound
  std::map<std::uint64_t, Pattern> patterns_;
};

struct NoveltyEvidence {
  double candidate_lines = 0;   // all, not only errors
  double baseline_lines = 0;    // all within the search
  double candidate_errors = 0;  // lines the patterns were made of
  std::uint64_t overflow = 0;   // lines of patterns beyond the counter's bound
  std::vector<PatternEvidence> patterns;
};

CheckResult judge_novelty(const NoveltyPolicy& policy, const NoveltyEvidence& evidence);

}  // namespace sluice::rules
