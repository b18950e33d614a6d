#include "daemon/alerting/rule_manager.h"

#include <algorithm>
#include <bit>
#include <thread>

#include "tests/daemon/alerting/alerting_fixture.h"

namespace sluice::alerting::test {

using Pages = std::vector<std::string>;

TEST_CASE("an alert pends, fires, pages once and resolves", "[alerting]") {
  Alerting a;
  REQUIRE(a.restart());
  a.answer({"pay"});
  a.at(30);
  CHECK(a.states() == "pay=pending ");
  CHECK(a.pages() == Pages{});
  a.at(60);
  a.at(90);
  CHECK(a.states() == "pay=firing ");
  CHECK(a.pages() == Pages{"firing:pay"});
  for (int s = 120; s <= 600; s += 30) a.at(s);
  CHECK(a.pages() == Pages{});
  a.answer({});
  a.at(630);
  CHECK(a.states() == "");
  CHECK(a.pages() == Pages{"resolved:pay"});
  CHECK(a.store.documents.size() == 2);  // the two receipts: nothing else is left behind
}

TEST_CASE("a firing alert is repeated after the repeat interval", "[alerting]") {
  Alerting a;
  a.rules(Alerting::alert_rule());
  REQUIRE(a.restart());
  a.answer({"pay"});
  a.at(30);
  CHECK(a.pages() == Pages{"firing:pay"});
  a.at(3600);
  CHECK(a.pages() == Pages{});
  a.at(3660);
  CHECK(a.pages() == Pages{"firing:pay"});
}

TEST_CASE("alerts of one group come together, later ones after the group interval", "[alerting]") {
  Alerting a;
  a.options.route.group_wait = seconds(45);
  a.rules(Alerting::alert_rule());
  REQUIRE(a.restart());
  a.answer({"a"});
  a.at(30);
  a.answer({"a", "b"});
  a.at(60);
  CHECK(a.pages() == Pages{});
  a.at(90);
  CHECK(a.pages() == Pages{"firing:a firing:b"});
  a.answer({"a", "c"});
  a.at(120);
  CHECK(a.pages() == Pages{});
  a.at(150);
  CHECK(a.pages() == Pages{"firing:a firing:c resolved:b"});
}

TEST_CASE("what came and went within group_wait pages nobody", "[alerting]") {
  Alerting a;
  a.options.route.group_wait = seconds(300);
  a.rules(Alerting::alert_rule());
  REQUIRE(a.restart());
  a.answer({"a"});
  a.at(30);
  a.answer({});
  a.at(60);
  for (int s = 90; s < 900; s += 30) a.at(s);
  CHECK(a.pages() == Pages{});
  CHECK(a.store.documents.empty());
}

TEST_CASE("a failing evaluation never resolves, and shows", "[alerting]") {
  Alerting a;
  a.rules(Alerting::alert_rule());
  REQUIRE(a.restart());
  a.answer({"pay"});
  a.at(30);
  CHECK(a.rule().health == "ok");
  a.fail("too slow");
  for (int s = 60; s <= 1830; s += 30) a.at(s);
  CHECK(a.states() == "pay=firing ");
  CHECK(a.rule().health == "err");
  CHECK(a.rule().evidence == "error");
  CHECK(a.rule().last_error == "too slow");
  CHECK(a.pages() == Pages{"firing:pay"});
  a.answer({"pay"});
  a.at(1860);
  CHECK(a.rule().health == "ok");
  CHECK(a.pages() == Pages{});
}

TEST_CASE("a blind system never resolves, and says since when", "[alerting]") {
  Alerting a;
  a.rules(Alerting::alert_rule());
  REQUIRE(a.restart());
  a.answer({"pay"});
  a.at(30);
  a.store.fresh.newest_log = a.origin() + seconds(30);
  a.answer({});
  a.at(600);
  CHECK(a.states() == "pay=firing ");
  CHECK(a.rule().evidence == "stale");
  CHECK(a.rule().health == "err");
  CHECK(a.rule().last_error.starts_with("blind: the newest log entry is 9m"));
  a.store.fresh.newest_log.reset();
  a.at(630);
  CHECK(a.rule().evidence == "no_data");
  CHECK(a.rule().health == "unknown");
  CHECK(a.pages() == Pages{"firing:pay"});
}

TEST_CASE("after a restart a pending alert keeps its clock", "[alerting]") {
  Alerting a;
  REQUIRE(a.restart());
  a.answer({"pay"});
  a.at(30);
  const auto active = a.rule().alerts.begin()->second.state.active_at;
  REQUIRE(a.restart());
  CHECK(a.states() == "pay=pending ");
  CHECK(a.rule().alerts.begin()->second.state.active_at == active);
  a.at(95);
  CHECK(a.pages() == Pages{"firing:pay"});
}

TEST_CASE("after a restart a firing alert is not paged again, its end is", "[alerting]") {
  Alerting a;
  REQUIRE(a.restart());
  a.answer({"pay"});
  a.at(30);
  a.at(95);
  CHECK(a.pages() == Pages{"firing:pay"});
  REQUIRE(a.restart());
  CHECK(a.states() == "pay=firing ");
  a.at(125);
  a.at(185);
  CHECK(a.pages() == Pages{});
  REQUIRE(a.restart());
  a.answer({});
  a.at(215);
  CHECK(a.pages() == Pages{"resolved:pay"});
}

TEST_CASE("a page that could not be delivered is delivered after a restart, with its key",
          "[alerting]") {
  Alerting a;
  a.rules(Alerting::alert_rule());
  REQUIRE(a.restart());
  a.webhook = Delivery::Outcome::retry;
  a.answer({"pay"});
  a.at(30);
  CHECK(a.pages() == Pages{});
  const auto key = a.outbox->rows().at(0).key;
  REQUIRE(a.restart());
  a.webhook = Delivery::Outcome::delivered;
  a.at(45);
  REQUIRE(a.received.size() == 1);
  CHECK(a.received[0].key == key);
  CHECK(a.outbox->rows().empty());
}

TEST_CASE("killed before any step: nothing is forgotten, nothing invented", "[alerting]") {
  // The uninterrupted story makes so many steps; the store "dies" before each of them in turn, the
  // managers start again, and the story goes on.
  auto story = [](std::size_t die_at) {
    Alerting a;
    REQUIRE(a.restart());
    a.store.fail_commits_from = die_at;
    std::vector<std::string> pages;
    for (int s = 30; s <= 600; s += 30) {
      if (s <= 300) {
        a.answer({"pay"});
      } else {
        a.answer({});
      }
      a.at(s);
      if (a.store.commits >= a.store.fail_commits_from) {
        a.store.fail_commits_from = std::numeric_limits<std::size_t>::max();
        REQUIRE(a.restart());
        a.at(s + 1);
      }
      for (auto& page : a.pages()) pages.push_back(page);
    }
    return std::pair{pages, a.store.commits};
  };
  const auto [expected, steps] = story(1'000'000);
  CHECK(expected == Pages{"firing:pay", "resolved:pay"});
  REQUIRE(steps == 5);  // pending, firing, receipt, resolved, receipt
  for (std::size_t die_at = 0; die_at < steps; ++die_at) {
    INFO("killed before step " << die_at);
    auto pages = story(die_at).first;
    // At least once: only the very page whose receipt was lost may come twice.
    pages.erase(std::unique(pages.begin(), pages.end()), pages.end());
    CHECK(pages == expected);
  }
}

TEST_CASE("recording rules write samples, and end series that vanish", "[alerting]") {
  Alerting a;
  a.rules("groups:\n- name: g\n  interval: 30s\n  rules:\n  - record: errors:rate\n    expr: e\n");
  REQUIRE(a.restart());
  a.answer({"a", "b"});
  a.at(30);
  REQUIRE(a.store.written.size() == 2);
  CHECK(a.store.written[0].labels.to_string() == R"({__name__="errors:rate", service="a"})");
  a.store.written.clear();
  a.answer({"a"});
  a.at(60);
  REQUIRE(a.store.written.size() == 2);
  CHECK(a.store.written[1].labels.get("service") == "b");
  CHECK(std::bit_cast<std::uint64_t>(a.store.written[1].samples[0].value) == stale_marker_bits);
}

TEST_CASE("alerts are also series, when wanted", "[alerting]") {
  Alerting a;
  a.options.write_alerts_series = true;
  REQUIRE(a.restart());
  a.answer({"pay"});
  a.at(30);
  REQUIRE(a.store.written.size() == 2);
  CHECK(a.store.written[0].labels.to_string() ==
        R"({__name__="ALERTS", alertname="Errors", alertstate="pending", service="pay"})");
}

TEST_CASE("a rule that is removed resolves its alerts", "[alerting]") {
  Alerting a;
  a.rules(Alerting::alert_rule());
  REQUIRE(a.restart());
  a.answer({"pay"});
  a.at(30);
  CHECK(a.pages() == Pages{"firing:pay"});
  SECTION("while running") {
    a.rules(Alerting::alert_rule("", "Other"));
    REQUIRE(a.reload());
  }
  SECTION("while stopped") {
    a.rules(Alerting::alert_rule("", "Other"));
    REQUIRE(a.restart());
  }
  a.answer({});
  a.at(95);
  CHECK(a.pages() == Pages{"resolved:pay"});
}

TEST_CASE("a reload keeps the state of rules that stay, whatever their expression", "[alerting]") {
  Alerting a;
  REQUIRE(a.restart());
  a.answer({"pay"});
  a.at(30);
  a.rules(
      "groups:\n- name: g\n  interval: 30s\n  rules:\n  - alert: Errors\n    expr: other\n    for: "
      "90s\n");
  REQUIRE(a.reload());
  CHECK(a.states() == "pay=pending ");
  a.at(95);
  CHECK(a.states() == "pay=pending ");
  a.at(125);
  CHECK(a.states() == "pay=firing ");
  CHECK(a.asked.back().text == "other");
}

TEST_CASE("a reload with errors changes nothing", "[alerting]") {
  Alerting a;
  REQUIRE(a.restart());
  a.answer({"pay"});
  a.at(30);
  a.rules("groups:\n- name: g\n  rules:\n  - alert: Broken\n    expr: BAD\n");
  REQUIRE_FALSE(a.reload());
  CHECK(a.error == (a.dir / "rules.yaml") + ":5:5: \"expr\": 1:1: this does not parse");
  CHECK(a.states() == "pay=pending ");
  a.at(95);
  CHECK(a.pages() == Pages{"firing:pay"});
}

TEST_CASE("a named rule file must exist, a glob may match nothing", "[alerting]") {
  Alerting a;
  a.options.rule_files = {a.dir / "none*.yaml"};
  CHECK(a.restart());
  a.options.rule_files = {a.dir / "none.yaml"};
  REQUIRE_FALSE(a.restart());
  CHECK(a.error == (a.dir / "none.yaml") + ": No such file or directory");
}

TEST_CASE("late evaluations skip to the newest slot", "[alerting]") {
  Alerting a;
  REQUIRE(a.restart());
  a.answer({});
  a.at(0);
  a.at(30);
  const auto asked = a.asked.size();
  a.at(300);
  CHECK(a.asked.size() == asked + 1);
  CHECK(a.metrics.counter("sluice_alerting_missed_iterations_total", "").value() == 8);
}

TEST_CASE("workers evaluate and deliver by themselves", "[alerting]") {
  Alerting a;
  a.rules(Alerting::alert_rule());
  REQUIRE(a.restart());
  a.answer({"pay"});
  a.clock.advance(seconds(60));
  a.outbox->start();
  a.manager->start();
  for (int i = 0;
       i < 500 &&
       a.metrics
               .counter("sluice_alerting_deliveries_total", "",
                        {{"target", "ops/0"}, {"kind", "notify"}, {"outcome", "delivered"}})
               .value() == 0;
       ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  a.manager->stop();
  a.outbox->stop();
  CHECK(a.pages() == Pages{"firing:pay"});
}

}  // namespace sluice::alerting::test
