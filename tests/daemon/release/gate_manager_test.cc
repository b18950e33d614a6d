#include "daemon/release/gate_manager.h"

#include <thread>

#include "tests/daemon/release/gate_fixture.h"

namespace sluice::release::test {

TEST_CASE("a healthy release passes at the end of the window", "[gate]") {
  Gates g;
  g.logs("A", 0, 60, 20, 100);
  g.logs("B", 0, 60, 20, 100);
  const auto id = g.create();
  g.until(1, 59);
  CHECK(g.state(id) == "evaluating");
  CHECK(g.gate(id).evaluations == 5);
  g.until(60, 70);
  CHECK(g.state(id) == "done pass");
  CHECK(g.gate(id).reason == "all 2 checks passed");
  CHECK(g.gate(id).sight.control == "concurrent");
  CHECK(
      g.metrics
          .counter(
              "sluice_gate_verdict_total", "",
              {{"service", "shop"}, {"env", "default"}, {"policy", "default"}, {"verdict", "pass"}})
          .value() == 1);
}

TEST_CASE("a worse error rate fails early, with its figures", "[gate]") {
  Gates g;
  g.logs("A", -300, 60, 20, 500);
  g.logs("B", 0, 60, 20, 10);
  const auto id = g.create();
  g.until(1, 30);
  CHECK(g.state(id) == "done fail");
  const auto gate = g.gate(id);
  REQUIRE(gate.checks.size() == 2);
  CHECK(gate.checks[0].verdict == rules::Verdict::fail);
  CHECK(gate.checks[0].candidate_samples >= 200);
  CHECK(gate.checks[0].queries.size() == 4);
  CHECK(gate.checks[0].queries[0] == "sum(count_over_time({s=\"shop\",v=\"B\"} [10000ms]))");
  CHECK(gate.reason.starts_with("error_rate: 10% of 200 lines against"));
}

TEST_CASE("a new error pattern fails even when the rate is the same", "[gate]") {
  Gates g;
  g.logs("A", -300, 60, 20, 100, "cart 7 is broken");
  g.logs("B", 0, 60, 20, 100, "lock 9 lost for order 77");
  const auto id = g.create();
  g.until(1, 60);
  CHECK(g.state(id) == "done fail");
  const auto gate = g.gate(id);
  CHECK(gate.reason.starts_with(
      "new_patterns: 1 new error pattern: \"lock <int> lost for order <int>\""));
  REQUIRE(gate.checks[1].patterns.size() == 1);
  CHECK(gate.checks[1].patterns[0].status == rules::PatternEvidence::Status::fresh);
  CHECK(gate.checks[1].patterns[0].samples.front() == "lock 9 lost for order 77");
}

TEST_CASE("a pattern the baseline logged long ago is known", "[gate]") {
  Gates g;
  g.logs("A", -3600 * 48, -3600 * 48 + 1, 1, 1, "lock 1 lost for order 2");
  g.logs("A", 0, 60, 20, 100);
  g.logs("B", 0, 60, 20, 100, "lock 9 lost for order 77");
  const auto id = g.create();
  g.until(1, 70);
  CHECK(g.state(id) == "done pass");
}

TEST_CASE("patterns a policy ignores are known", "[gate]") {
  Gates g;
  g.options.policies["default"].novelty.ignore = {"^lock <int> lost"};
  g.restart();
  g.logs("A", 0, 60, 20, 100);
  g.logs("B", 0, 60, 20, 100, "lock 9 lost for order 77");
  const auto id = g.create();
  g.until(1, 70);
  CHECK(g.state(id) == "done pass");
}

TEST_CASE("when the baseline is gone its history is the control", "[gate]") {
  Gates g;
  g.logs("A", -300, 0, 20, 100);
  g.logs("B", 0, 60, 20, 100);
  const auto id = g.create();
  g.until(1, 70);
  CHECK(g.state(id) == "done pass");
  CHECK(g.gate(id).sight.control == "before");
}

TEST_CASE("silence of the candidate is no pass", "[gate]") {
  Gates g;
  g.logs("A", -300, 120, 20, 100);
  const auto id = g.create();
  g.until(1, 89);
  CHECK(g.state(id) == "evaluating");
  g.until(90, 100);
  CHECK(g.state(id) == "done no_data");
  CHECK(g.gate(id).reason == "error_rate: no lines of the candidate");
}

TEST_CASE("a blind gate does not pass", "[gate]") {
  Gates g;
  g.logs("A", -300, 60, 20, 100);
  g.logs("B", 0, 60, 20, 100);
  g.options.policies["default"].stale_after = seconds(30);
  g.restart();
  const auto id = g.create();
  g.until(1, 25);
  g.blind = true;
  g.until(26, 100);
  CHECK(g.state(id) == "done no_data");
  CHECK(g.gate(id).reason.starts_with("blind: the newest log entry is"));
  CHECK(g.gate(id).sight.blind_for > seconds(30));
}

TEST_CASE("failing queries are an error, not a pass", "[gate]") {
  Gates g;
  g.logs("A", -300, 100, 20);
  g.logs("B", 0, 100, 20);
  const auto id = g.create();
  g.world.failure = "too slow";
  g.until(1, 80);
  CHECK(g.state(id) == "evaluating");
  SECTION("until the timeout") {
    g.until(81, 95);
    CHECK(g.state(id) == "done error");
    CHECK(g.gate(id).reason == "error_rate: too slow");
  }
  SECTION("unless they recover in time") {
    g.world.failure.clear();
    g.until(81, 95);
    CHECK(g.state(id) == "done pass");
  }
}

TEST_CASE("too few lines are inconclusive, and policy decides", "[gate]") {
  Gates g;
  g.logs("A", -300, 100, 20);
  g.logs("B", 0, 30, 1);
  auto request = g.request();
  SECTION("hold") {
    const auto id = g.create(request);
    g.until(1, 100);
    CHECK(g.state(id) == "done inconclusive");
  }
  SECTION("fail, and roll back") {
    request.on_inconclusive = rules::OnInconclusive::fail;
    request.rollback_on_fail = true;
    const auto id = g.create(request);
    g.until(1, 95);
    CHECK(g.state(id) == "verifying fail verifying");
  }
}

TEST_CASE("a failed release is rolled back, and the data must show it", "[gate]") {
  Gates g;
  g.logs("A", -300, 15, 20, 500);
  g.logs("B", 0, 25, 20, 10);
  auto request = g.request();
  request.rollback_on_fail = true;
  const auto id = g.create(request);
  g.until(1, 12);
  REQUIRE(g.hook_rows.size() == 1);
  CHECK(g.hook_rows[0].key == "rollback/" + id);
  CHECK(g.state(id).starts_with("verifying fail"));
  SECTION("version A comes back and B is silent") {
    g.logs("A", 25, 60, 20, 500);
    g.until(13, 50);
    CHECK(g.state(id) == "done fail rolled_back");
    CHECK(g.gate(id).rollback.detail.starts_with("baseline A seen after the hook ("));
    CHECK(g.gate(id).rollback.output == "undone\n");
  }
  SECTION("nobody comes back") {
    g.until(13, 80);
    CHECK(g.state(id) == "done fail rollback_failed");
    CHECK(g.gate(id).rollback.detail == "not verified within 1m: no lines of the baseline A");
  }
  SECTION("version B goes on") {
    g.logs("A", 25, 100, 20, 500);
    g.logs("B", 25, 100, 20, 10);
    g.until(13, 80);
    CHECK(g.state(id) == "done fail rollback_failed");
    CHECK(g.gate(id).rollback.detail.find("of B within 10s") != std::string::npos);
  }
  SECTION("nobody can see") {
    g.options.policies["default"].stale_after = seconds(5);
    g.manager->reload(g.options);
    g.logs("A", 25, 100, 20, 500);
    g.blind = true;
    g.until(20, 80);
    CHECK(g.state(id) == "done fail rollback_failed");
    CHECK(g.gate(id).rollback.detail.find("blind") != std::string::npos);
  }
  CHECK(g.hook_rows.size() == 1);
}

TEST_CASE("a hook that fails for good is a failed rollback", "[gate]") {
  Gates g;
  g.logs("A", -300, 60, 20, 500);
  g.logs("B", 0, 60, 20, 10);
  g.hook_answer = {alerting::Delivery::Outcome::refused, 1, "exit code 1", "no such release\n", {}};
  auto request = g.request();
  request.rollback_on_fail = true;
  const auto id = g.create(request);
  g.until(1, 15);
  CHECK(g.state(id) == "done fail rollback_failed");
  CHECK(g.gate(id).rollback.detail == "the hook failed (refused): exit code 1");
  CHECK(g.gate(id).rollback.output == "no such release\n");
}

TEST_CASE("no rollback of a version that is no longer deployed", "[gate]") {
  Gates g;
  g.logs("A", -300, 60, 20, 500);
  g.logs("B", 0, 60, 20, 10);
  auto request = g.request();
  request.rollback_on_fail = true;
  const auto id = g.create(request);
  Deployment newer;
  newer.service = "shop";
  newer.version = "C";
  REQUIRE(g.deployments->start(newer).has_value());
  g.until(1, 15);
  CHECK(g.state(id) == "done fail skipped");
  CHECK(g.gate(id).rollback.detail == "version C is deployed now, not the judged B");
  CHECK(g.hook_rows.empty());
}

TEST_CASE("a rolled back version is marked in the registry", "[gate]") {
  Gates g;
  Deployment d;
  d.service = "shop";
  d.version = "A";
  d.started_at = g.start - seconds(300);
  REQUIRE(g.deployments->start(d).has_value());
  d.version = "B";
  d.started_at = g.start;
  REQUIRE(g.deployments->start(d).has_value());
  g.logs("A", -300, 60, 20, 500);
  g.logs("B", 0, 15, 20, 10);
  auto request = g.request();
  request.baseline = "previous";
  request.rollback_on_fail = true;
  const auto id = g.create(request);
  CHECK(g.gate(id).baseline == "A");
  g.until(1, 40);
  CHECK(g.state(id) == "done fail rolled_back");
  CHECK(g.deployments->current("shop", "default")->version == "A");
  CHECK(g.deployments->list({"shop", "", "B", "", 1}).at(0).status ==
        DeploymentStatus::rolled_back);
}

TEST_CASE("killed before any step, a gate ends as if nothing had happened", "[gate]") {
  auto story = [](std::size_t die_at) {
    Gates g;
    g.logs("A", -300, 5, 20, 500);
    g.logs("B", 0, 15, 20, 10);
    g.logs("A", 20, 100, 20, 500);
    auto request = g.request();
    request.rollback_on_fail = true;
    request.key = "release-42";
    g.store.fail_commits_from = die_at;
    std::string id;
    for (int s = 0; s <= 60; ++s) {
      if (id.empty()) {
        if (auto created = g.manager->create(request)) id = created->gate.id;
      }
      g.at(s);
      if (g.store.commits >= g.store.fail_commits_from) {
        g.store.fail_commits_from = std::numeric_limits<std::size_t>::max();
        g.restart();
      }
    }
    for (const auto& row : g.hook_rows) CHECK(row.key == "rollback/" + id);
    CHECK(g.hook_rows.size() <= 2);  // at least once; twice only with the same key
    return std::pair{id.empty() ? "not created" : g.state(id), g.store.commits};
  };
  const auto [expected, steps] = story(1'000'000);
  CHECK(expected == "done fail rolled_back");
  REQUIRE(steps >= 6);
  for (std::size_t die_at = 0; die_at < steps; ++die_at) {
    INFO("killed before step " << die_at);
    CHECK(story(die_at).first == expected);
  }
}

TEST_CASE("the same question while it runs is the same gate", "[gate]") {
  Gates g;
  const auto first = g.manager->create(g.request());
  const auto again = g.manager->create(g.request());
  REQUIRE((first.has_value() && again.has_value()));
  CHECK(first->created);
  CHECK_FALSE(again->created);
  CHECK(first->gate.id == again->gate.id);
  g.logs("A", 0, 60, 20);
  g.logs("B", 0, 60, 20);
  g.until(1, 70);
  const auto later = g.manager->create(g.request());
  REQUIRE(later.has_value());
  CHECK(later->gate.id != first->gate.id);
}

TEST_CASE("a client's key is one gate for ever", "[gate]") {
  Gates g;
  auto request = g.request();
  request.key = "pipeline-7";
  const auto id = g.create(request);
  g.until(1, 100);
  CHECK(g.gate(id).done());
  CHECK(g.create(request) == id);
  request.version = "C";
  const auto other = g.manager->create(request);
  REQUIRE_FALSE(other.has_value());
  CHECK(other.error().code == ErrorCode::conflict);
}

TEST_CASE("bad requests say what is wrong", "[gate]") {
  Gates g;
  auto message = [&](auto change) {
    auto request = g.request();
    change(request);
    const auto created = g.manager->create(request);
    return created ? std::string("accepted") : created.error().message;
  };
  CHECK(message([](auto& r) { r.service = ""; }) == "\"service\" is missing");
  CHECK(message([](auto& r) {
          r.version = "1\" or \"2";
        }).starts_with("\"version\" must be 1 to 128 of the characters"));
  CHECK(message([](auto& r) { r.baseline = "B"; }) == "\"baseline\" equals \"version\"");
  CHECK(message([](auto& r) { r.policy = "none"; }) == "there is no policy \"none\"");
  CHECK(message([](auto& r) { r.window = Duration{0}; }) == "\"window\" must be more than 0");
  CHECK(message([](auto& r) { r.interval = Duration{1}; }) == "\"interval\" must be at least 1s");
  CHECK(message([](auto& r) { r.interval = seconds(61); }) ==
        "\"interval\" must not exceed \"window\"");
  CHECK(message([](auto& r) { r.timeout = seconds(59); }) ==
        "\"timeout\" must not be below \"window\"");
  CHECK(message([&](auto& r) { r.started_at = g.start + seconds(9); }) ==
        "\"started_at\" is in the future");
  CHECK(message([](auto& r) { r.baseline = "previous"; }) ==
        "no earlier version of shop in default is recorded; name one as \"baseline\" or record "
        "deployments");
}

TEST_CASE("gates are bounded", "[gate]") {
  Gates g;
  g.options.max_running = 2;
  g.options.max_gates = 3;
  g.restart();
  for (const char* version : {"B", "C"}) {
    auto request = g.request();
    request.version = version;
    g.create(request);
  }
  auto request = g.request();
  request.version = "D";
  CHECK(g.manager->create(request).error().code == ErrorCode::limit_exceeded);
  g.until(1, 100);  // both end without data
  for (const char* version : {"E", "F"}) {
    g.at(101);
    request.version = version;
    g.create(request);
  }
  CHECK(g.manager->list({}).size() == 3);
  CHECK(g.store.keys(storage::Keyspace::gate).size() == 3);
}

TEST_CASE("a waiting caller is woken by the verdict", "[gate]") {
  Gates g;
  g.logs("A", -300, 60, 20, 500);
  g.logs("B", 0, 60, 20, 10);
  const auto id = g.create();
  std::string seen;
  std::thread waiter([&] {
    const auto gate = g.manager->wait(id, std::chrono::seconds(30),
                                      [](const GateRecord& r) { return r.done(); }, {});
    seen = gate ? std::string(to_string(gate->phase)) : gate.error().message;
  });
  g.until(1, 15);
  waiter.join();
  CHECK(seen == "done");
}

TEST_CASE("waiting ends with the caller's cancellation, and unknown ids are not found", "[gate]") {
  Gates g;
  const auto id = g.create();
  std::stop_source gone;
  gone.request_stop();
  const auto never = [](const GateRecord&) { return false; };
  const auto gate = g.manager->wait(id, std::chrono::seconds(30), never, gone.get_token());
  REQUIRE(gate.has_value());
  CHECK_FALSE(gate->done());
  CHECK(g.manager->wait("g-none", std::chrono::seconds(1), never, {}).error().code ==
        ErrorCode::not_found);
}

}  // namespace sluice::release::test
