#include "daemon/release/observe_novelty.h"

#include <algorithm>

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
    SLUICE_TRY(const auto lines,
               data_.lines(q_.candidate.errors(), {q_.gate.started_at, q_.now}, max_error_lines));
    for (const auto& line : lines) counter_.add(line);
    evidence_.candidate_lines = q_.candidate_lines;
    evidence_.baseline_lines = q_.baseline_lines;
    evidence_.candidate_errors = static_cast<double>(lines.size());
    evidence_.truncated = lines.size() >= max_error_lines;
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

  // Is there a line of this very pattern in the baseline? The literals only narrow the search; each
  // line found is split again and compared.
  Result<Status> search(const rules::LineTemplate& pattern) {
    const TimeRange range{q_.gate.started_at - q_.policy.lookback, q_.now};
    const std::string query =
        q_.baseline.errors_with(rules::search_literals(pattern, literals_per_search));
    SLUICE_TRY(const auto lines, data_.lines(query, range, max_search_lines));
    const std::uint64_t id = pattern.id();
    const bool found = std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
      return counter_.same(line, id);
    });
    if (found) return Status::known;
    // The search was cut short: the pattern may stand further back.
    return lines.size() >= max_search_lines ? Status::unverified : Status::fresh;
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
