#include "rules/gate/novelty.h"

#include <catch2/catch_test_macros.hpp>

#include "rules/log_message.h"

namespace sluice::rules {
namespace {

using Status = PatternEvidence::Status;

PatternEvidence pattern(Status status, std::uint64_t count, double share) {
  return {"lock <int> lost", "00", count, share, status, {}};
}

NoveltyEvidence seen(std::vector<PatternEvidence> patterns) {
  NoveltyEvidence e;
  e.candidate_lines = 1000;
  e.baseline_lines = 5000;
  e.patterns = std::move(patterns);
  return e;
}

std::string verdict(const NoveltyEvidence& evidence) {
  const auto result = judge_novelty({}, evidence);
  return std::string(to_string(result.verdict)) + ": " + result.reason;
}

}  // namespace

TEST_CASE("novelty verdicts", "[gate]") {
  CHECK(verdict(seen({})) == "pass: 0 error patterns, all known");
  CHECK(verdict(seen({pattern(Status::known, 500, 0.5)})) == "pass: 1 error patterns, all known");
  CHECK(verdict(seen({pattern(Status::fresh, 57, 0.057)})) ==
        "fail: 1 new error pattern: \"lock <int> lost\" (57 lines, 5.7%)");
  CHECK(verdict(seen({pattern(Status::fresh, 4, 0.004)})) ==
        "pass: 0 error patterns, all known, 1 too rare to judge");
  CHECK(verdict(seen({pattern(Status::fresh, 50, 0.0001)})) ==
        "pass: 0 error patterns, all known, 1 too rare to judge");
  CHECK(verdict(seen({pattern(Status::unverified, 50, 0.05)})) ==
        "inconclusive: 1 patterns could not be verified against the baseline");
  // What is certain outweighs what could not be verified.
  CHECK(verdict(seen({pattern(Status::unverified, 50, 0.05), pattern(Status::fresh, 9, 0.009),
                      pattern(Status::fresh, 8, 0.008)})) ==
        "fail: 2 new error patterns: \"lock <int> lost\" (9 lines, 0.9%)");
}

TEST_CASE("without enough data nothing is new and nothing passes", "[gate]") {
  auto evidence = seen({pattern(Status::fresh, 57, 0.057)});
  evidence.baseline_lines = 50;
  CHECK(verdict(evidence) ==
        "inconclusive: the baseline has 50 lines, 100 are needed to call a pattern new");
  evidence.baseline_lines = 0;
  CHECK(verdict(evidence) == "no_data: no lines of the baseline");
  evidence.candidate_lines = 0;
  CHECK(verdict(evidence) == "no_data: no lines of the candidate");
  auto few = seen({});
  few.candidate_lines = 20;
  CHECK(verdict(few) == "inconclusive: 20 lines of the candidate, 100 are needed");
  auto overflowing = seen({});
  overflowing.overflow = 3;
  CHECK(verdict(overflowing) ==
        "inconclusive: 3 error lines beyond the pattern limit were not looked at");
}

TEST_CASE("lines are counted by pattern, most frequent first", "[gate]") {
  PatternCounter counter(default_message_fields(), 2, 1);
  counter.add(R"({"msg":"lock 7 lost","user":"bob"})");
  counter.add(R"({"msg":"cart empty"})");
  counter.add(R"({"msg":"cart empty"})");
  counter.add(R"({"msg":"one pattern too many"})");
  const auto patterns = counter.patterns();
  REQUIRE(patterns.size() == 2);
  CHECK(patterns[0].pattern.display() == "cart empty");
  CHECK(patterns[0].count == 2);
  CHECK(patterns[0].samples.size() == 1);
  CHECK(patterns[1].pattern.display() == "lock <int> lost");
  CHECK(counter.overflow() == 1);
  CHECK(counter.same("msg=\"lock 99 lost\"", patterns[1].pattern.id()));
  CHECK_FALSE(counter.same("msg=\"lock lost\"", patterns[1].pattern.id()));
}

TEST_CASE("kept patterns are bounded and new ones come first", "[gate]") {
  std::vector<PatternEvidence> many(80, pattern(Status::known, 100, 0.1));
  many.push_back(pattern(Status::fresh, 6, 0.006));
  const auto result = judge_novelty({}, seen(many));
  CHECK(result.patterns.size() == 50);
  CHECK(result.patterns[0].status == Status::fresh);
  CHECK(result.verdict == Verdict::fail);
}

}  // namespace sluice::rules
