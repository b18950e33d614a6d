#include "daemon/release/gate_record.h"

#include <catch2/catch_test_macros.hpp>

#include "daemon/release/gate_life.h"

namespace sluice::release {
namespace {

using std::chrono::seconds;

const Timestamp t0 = from_unix_ns(1'767'323'045'000'000'000);

GateRecord full_record() {
  GateRecord g;
  g.id = "g-1";
  g.key = "checkout/prod/2.4.0/default";
  g.service = "checkout";
  g.env = "prod";
  g.version = "2.4.0";
  g.baseline = "2.3.9";
  g.phase = GatePhase::done;
  g.verdict = rules::Verdict::fail;
  g.reason = "error_rate: bad";
  g.created_at = g.started_at = t0;
  g.evaluated_at = g.decided_at = t0 + seconds(90);
  g.finished_at = t0 + seconds(135);
  g.window = seconds(600);
  g.interval = seconds(15);
  g.timeout = seconds(900);
  g.evaluations = 6;
  g.rollback_on_fail = true;
  rules::CheckResult check;
  check.name = check.type = "new_patterns";
  check.verdict = rules::Verdict::fail;
  check.reason = "1 new";
  check.value = 1;
  check.candidate_samples = 60;
  check.baseline_samples = 31;
  check.queries = {"{a=\"b\"}"};
  check.figures = {{"known", 1}, {"new", 1.5}};
  check.patterns = {
      {"lock <int>", "00ff", 57, 0.048, rules::PatternEvidence::Status::fresh, {"lock 7"}}};
  g.checks = {check};
  g.rollback = {RollbackState::rolled_back, "undo", "seen", t0 + seconds(90), t0 + seconds(94),
                t0 + seconds(135),          1,      "ok\n"};
  g.sight = {t0 + seconds(89), seconds(0), "concurrent"};
  return g;
}

}  // namespace

TEST_CASE("a gate is stored and read back", "[gate]") {
  const std::string text = encode(full_record());
  const auto again = decode_gate("g-1", text);
  INFO((again ? "" : again.error().message));
  REQUIRE(again.has_value());
  CHECK(encode(*again) == text);
}

TEST_CASE("the document is what docs/format/gate.md says", "[gate]") {
  GateRecord g = full_record();
  g.checks.clear();
  CHECK(encode(g) ==
        R"({"id":"g-1","key":"checkout/prod/2.4.0/default","service":"checkout","env":"prod",)"
        R"("version":"2.4.0","baseline":"2.3.9","policy":"default","state":"done","phase":"done",)"
        R"("verdict":"fail","reason":"error_rate: bad","created_at":"2026-01-02T03:04:05Z",)"
        R"("started_at":"2026-01-02T03:04:05Z","evaluated_at":"2026-01-02T03:05:35Z",)"
        R"("decided_at":"2026-01-02T03:05:35Z","finished_at":"2026-01-02T03:06:20Z",)"
        R"("window_seconds":600,"interval_seconds":15,"timeout_seconds":900,"evaluations":6,)"
        R"("on_fail":"rollback","on_inconclusive":"hold","checks":[],"rollback":{)"
        R"("state":"rolled_back","hook":"undo","detail":"seen",)"
        R"("requested_at":"2026-01-02T03:05:35Z","hook_done_at":"2026-01-02T03:05:39Z",)"
        R"("finished_at":"2026-01-02T03:06:20Z","attempts":1,"output":"ok\n"},"evidence":{)"
        R"("watermark":"2026-01-02T03:05:34Z","blind_for_seconds":0,"control":"concurrent"}})");
}

TEST_CASE("a damaged document is refused, never half read", "[gate]") {
  const std::string text = encode(full_record());
  for (std::size_t n = 0; n < text.size(); ++n) {
    const auto result = decode_gate("g-1", text.substr(0, n));
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == ErrorCode::corrupt);
  }
  CHECK(decode_gate("g-1", R"({"phase":"dancing"})").error().message == "gate g-1: unknown phase");
}

TEST_CASE("the life of a rollback", "[gate]") {
  GateRecord g;
  g.version = "B";
  g.baseline = "A";
  g.phase = GatePhase::verifying;
  g.rollback.state = RollbackState::verifying;
  g.rollback.hook_done_at = t0;
  const VerifyOptions options{seconds(60), seconds(10)};
  auto after = [&](AfterRollback seen, int second) {
    const auto next = after_verification(g, seen, options, t0 + seconds(second));
    return std::string(to_string(next.rollback.state)) + ": " + next.rollback.detail;
  };
  using rules::Evidence;
  CHECK(after({Evidence::ok, "", 5, 0}, 10) ==
        "rolled_back: baseline A seen after the hook (5 lines), candidate silent for 10s");
  // Silence is only silence once it has lasted.
  CHECK(after({Evidence::ok, "", 5, 0}, 9) ==
        "verifying: waiting for the candidate to be silent for 10s");
  CHECK(after({Evidence::ok, "", 0, 0}, 30) == "verifying: no lines of the baseline A");
  CHECK(after({Evidence::ok, "", 5, 3}, 30) == "verifying: still 3 lines of B within 10s");
  CHECK(after({Evidence::stale, "blind", 5, 0}, 30) == "verifying: blind");
  CHECK(after({Evidence::ok, "", 0, 0}, 60) ==
        "rollback_failed: not verified within 1m: no lines of the baseline A");
  CHECK(after({Evidence::ok, "", 5, 0}, 60).starts_with("rolled_back"));
}

}  // namespace sluice::release
