#include "daemon/release/observe_novelty.h"

#include "query/ast/regex.h"
#include "rules/gate/novelty.h"
#include "rules/log_message.h"

namespace sluice::release {
namespace {

using rules::PatternCounter;
using Status = rules::PatternEvidence::Status;

constexpr std::size_t literals_per_search = 4;

std::vector<std::string> message_fields(const ServiceOptions& service) {
  return service.message_fields.empty() ? rules::default_message_fields() : service.message_fields;
}

// The separator of joined message fields, made readable.
std::string readable(std::string text) {
  std::string out;
  for (char c : text) {
    if (c == rules::message_joint) {
      out += " | ";
    } else {
      out += c;
    }
  }
  return out;
}

Result<bool> ignored(const rules::NoveltyPolicy& policy, const std::string& text) {
  for (const auto& pattern : policy.ignore) {
    SLUICE_TRY(const auto regex, query::Regex::compile(pattern, query::Anchor::none));
    if (regex->matches(text)) return true;
  }
  return false;
}

class NoveltyCheck {
 public:
  NoveltyCheck(const NoveltyQuestion& question, const GateData& data)
      : q_(question), data_(data), counter_(message_fields(question.service)) {}

  Result<rules::CheckResult> run() {
    SLUICE_CHECK(data_.patterns(q_.candidate.errors(), {q_.gate.started_at, q_.now}, counter_));
    evidence_.candidate_lines = q_.candidate_lines;
    evidence_.baseline_lines = q_.baseline_lines;
    evidence_.candidate_errors = static_cast<double>(counter_.lines());
    evidence_.overflow = counter_.overflow();
    for (const auto& pattern : counter_.patterns()) SLUICE_CHECK(judge_pattern(pattern));
    auto check = rules::judge_novelty(q_.policy, evidence_);
    check.queries = {q_.candidate.errors(), q_.baseline.errors()};
    return check;
  }

 private:
  Result<void> judge_pattern(const PatternCounter::Pattern& pattern) {
    rules::PatternEvidence out;
    out.text = readable(pattern.pattern.display());
    out.id = pattern.pattern.id_text();
    out.count = pattern.count;
    out.share =
        q_.candidate_lines > 0 ? static_cast<double>(pattern.count) / q_.candidate_lines : 0;
    out.samples = pattern.samples;
    SLUICE_TRY(const bool known_harmless, ignored(q_.policy, out.text));
    if (known_harmless) {
      out.status = Status::known;
    } else if (verified_ < max_verified_patterns) {
      ++verified_;
      SLUICE_TRY(out.status, search(pattern.pattern));
    }
    evidence_.patterns.push_back(std::move(out));
    return {};
  }

  // Is there a line of this very pattern in the baseline? The literals only narrow the search; what
  // is found is split again and compared.
  Result<Status> search(const rules::LineTemplate& pattern) {
    const TimeRange range{q_.gate.started_at - q_.policy.lookback, q_.now};
    const std::string query =
        q_.baseline.errors_with(rules::search_literals(pattern, literals_per_search));
    SLUICE_TRY(const bool found, data_.has_pattern(query, range, counter_, pattern.id()));
    return found ? Status::known : Status::fresh;
  }

  const NoveltyQuestion& q_;
  const GateData& data_;
  PatternCounter counter_;
  rules::NoveltyEvidence evidence_;
  std::size_t verified_ = 0;
};

}  // namespace

Result<rules::CheckResult> check_novelty(const NoveltyQuestion& question, const GateData& data) {
  return NoveltyCheck(question, data).run();
}

}  // namespace sluice::release
