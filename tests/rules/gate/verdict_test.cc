#include "rules/gate/verdict.h"

#include <catch2/catch_test_macros.hpp>

namespace sluice::rules {
namespace {

using std::chrono::seconds;

CheckResult check(const char* name, Verdict verdict) {
  CheckResult out;
  out.name = name;
  out.verdict = verdict;
  out.reason = "because";
  return out;
}

GateObservation seen(Verdict a, Verdict b, Evidence sight = Evidence::ok) {
  return {sight, "newest log is 90s old", {check("a", a), check("b", b)}};
}

std::string decided(const GateObservation& observation, int second,
                    OnInconclusive policy = OnInconclusive::hold) {
  const Timestamp start = from_unix_ns(0);
  const auto d =
      decide(observation, {start, seconds(60), seconds(90), policy}, start + seconds(second));
  return (d.verdict ? std::string(to_string(*d.verdict)) : "go on") + " (" + d.reason + ")";
}

}  // namespace

TEST_CASE("a failed check decides at once, a pass at the end of the window", "[gate]") {
  CHECK(decided(seen(Verdict::pass, Verdict::fail), 1) == "fail (b: because)");
  CHECK(decided(seen(Verdict::error, Verdict::fail), 1) == "fail (b: because)");
  CHECK(decided(seen(Verdict::pass, Verdict::pass), 59) == "go on (all 2 checks passed)");
  CHECK(decided(seen(Verdict::pass, Verdict::pass), 60) == "pass (all 2 checks passed)");
}

TEST_CASE("what is undecided goes on until the timeout", "[gate]") {
  for (auto verdict : {Verdict::inconclusive, Verdict::no_data, Verdict::error}) {
    CHECK(decided(seen(Verdict::pass, verdict), 1) == "go on (b: because)");
    CHECK(decided(seen(Verdict::pass, verdict), 89) == "go on (b: because)");
    CHECK(decided(seen(Verdict::pass, verdict), 90) ==
          std::string(to_string(verdict)) + " (b: because)");
  }
}

TEST_CASE("a blind system never passes", "[gate]") {
  const auto passing = [](Evidence sight) { return seen(Verdict::pass, Verdict::pass, sight); };
  CHECK(decided(passing(Evidence::stale), 60) == "go on (newest log is 90s old)");
  CHECK(decided(passing(Evidence::stale), 90) == "no_data (newest log is 90s old)");
  CHECK(decided(passing(Evidence::no_data), 90) == "no_data (newest log is 90s old)");
  CHECK(decided(passing(Evidence::error), 90) == "error (newest log is 90s old)");
  CHECK(decided({Evidence::ok, "", {}}, 90) == "error (the policy has no checks)");
}

TEST_CASE("the worst answer is the verdict", "[gate]") {
  CHECK(decided(seen(Verdict::inconclusive, Verdict::no_data), 90) == "no_data (b: because)");
  CHECK(decided(seen(Verdict::no_data, Verdict::error), 90) == "error (b: because)");
}

TEST_CASE("policy decides about inconclusive only", "[gate]") {
  CHECK(decided(seen(Verdict::pass, Verdict::inconclusive), 90, OnInconclusive::pass) ==
        "pass (inconclusive, passed by policy: b: because)");
  CHECK(decided(seen(Verdict::pass, Verdict::inconclusive), 90, OnInconclusive::fail) ==
        "fail (inconclusive, failed by policy: b: because)");
  CHECK(decided(seen(Verdict::pass, Verdict::no_data), 90, OnInconclusive::pass) ==
        "no_data (b: because)");
  CHECK(decided(seen(Verdict::pass, Verdict::error), 90, OnInconclusive::pass) ==
        "error (b: because)");
}

TEST_CASE("verdicts are named", "[gate]") {
  for (auto v :
       {Verdict::pass, Verdict::fail, Verdict::inconclusive, Verdict::no_data, Verdict::error}) {
    CHECK(verdict_of(to_string(v)) == v);
  }
  CHECK_FALSE(verdict_of("maybe").has_value());
}

}  // namespace sluice::rules
