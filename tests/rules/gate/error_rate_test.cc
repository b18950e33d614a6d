#include "rules/gate/error_rate.h"

#include <catch2/catch_test_macros.hpp>

namespace sluice::rules {
namespace {

CheckResult judge(ArmCounts candidate, ArmCounts baseline, ErrorRatePolicy policy = {}) {
  return judge_error_rate(policy, {{{candidate, baseline}}});
}

}  // namespace

TEST_CASE("error rate verdicts", "[gate]") {
  struct Case {
    ArmCounts candidate, baseline;
    Verdict verdict;
    const char* reason;
  };
  const Case cases[] = {
      {{0, 0}, {5000, 5}, Verdict::no_data, "no lines of the candidate"},
      {{5000, 5}, {0, 0}, Verdict::no_data, "no lines of the baseline"},
      {{50, 10},
       {5000, 5},
       Verdict::inconclusive,
       "20% of 50 lines against 0.1% of 5000; 100 lines of each are needed"},
      {{1000, 50},
       {4000, 8},
       Verdict::fail,
       "5% of 1000 lines against 0.2% of 4000, e-value 1.56e+21 >= 100"},
      {{1000, 2}, {4000, 8}, Verdict::pass, "0.2% of 1000 lines against 0.2% of 4000"},
      // The rule of three: 299 clean lines bound the rate by one per cent, 200 do not.
      {{299, 0}, {299, 0}, Verdict::pass, "0% of 299 lines against 0% of 299"},
      {{200, 0},
       {200, 0},
       Verdict::inconclusive,
       "0% of 200 lines against 0% of 200; too few to tell better from worse (rate may be up to "
       "1.49%)"},
      // Ten times as bad, and still less than one point: not worth a rollback, nor clean.
      {{10000, 60}, {10000, 6}, Verdict::pass, "0.6% of 10000 lines against 0.06% of 10000"},
      // Better than the baseline.
      {{2000, 10}, {2000, 200}, Verdict::pass, "0.5% of 2000 lines against 10% of 2000"},
      {{150, 4},
       {5000, 5},
       Verdict::inconclusive,
       "2.67% of 150 lines against 0.1% of 5000; too few to tell better from worse (rate may be up "
       "to 6%)"},
  };
  for (const auto& c : cases) {
    const auto result = judge(c.candidate, c.baseline);
    CHECK(std::string(to_string(result.verdict)) == to_string(c.verdict));
    CHECK(result.reason == c.reason);
    CHECK(result.candidate_samples == c.candidate.total);
    CHECK(result.baseline_samples == c.baseline.total);
  }
}

TEST_CASE("an absolute ceiling fails without a baseline", "[gate]") {
  ErrorRatePolicy policy;
  policy.max_rate = 0.02;
  CHECK(judge({1000, 50}, {0, 0}, policy).verdict == Verdict::fail);
  CHECK(judge({1000, 50}, {0, 0}, policy).reason ==
        "5% of 1000 lines are errors, the ceiling is 2%");
  CHECK(judge({1000, 20}, {0, 0}, policy).verdict == Verdict::no_data);
  // Within the baseline's rate, yet perhaps over the ceiling.
  CHECK(judge({1000, 18}, {1000, 18}, policy).verdict == Verdict::inconclusive);
  CHECK(judge({10000, 100}, {10000, 100}, policy).verdict == Verdict::pass);
}

TEST_CASE("figures say what was compared", "[gate]") {
  const auto result = judge({1000, 50}, {4000, 8});
  CHECK(result.value == 0.05);
  CHECK(result.threshold == 0.012);
  REQUIRE(result.figures.size() == 8);
  CHECK(result.figures[0] == std::pair<std::string, double>{"candidate_errors", 50});
  CHECK(result.figures[3] == std::pair<std::string, double>{"ratio", 25});
}

TEST_CASE("no slices at all are no data", "[gate]") {
  CHECK(judge_error_rate({}, {}).verdict == Verdict::no_data);
}

}  // namespace sluice::rules
