// A RuleManager over a FakeStore, a ManualClock and scripted query answers, with a webhook that
// records what it gets. Verbs: rules(), answer(), fail(), at(), pages(), restart().
#pragma once

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/alerting/outbox.h"
#include "daemon/alerting/routes.h"
#include "daemon/alerting/rule_manager.h"
#include "daemon/alerting/rule_state.h"
#include "tests/daemon/fake_store.h"
#include "tests/support/temp_dir.h"

namespace sluice::alerting::test {

using std::chrono::seconds;

inline Result<rules::RuleQuery> classify(std::string text, std::optional<rules::Language> forced) {
  if (text == "BAD") return Error{ErrorCode::parse, "1:1: this does not parse"};
  return rules::RuleQuery{
      std::move(text), forced.value_or(rules::Language::logql), true, false, {}};
}

// One delivered notification, shortened to what tests compare.
struct Page {
  std::string key;
  std::string body;
};

class Alerting {
 public:
  Alerting() {
    options.rule_files = {dir / "*.yaml"};
    options.write_alerts_series = false;
    options.receivers = {{"ops", {WebhookReceiver{}}}};
    options.route.receiver = "ops";
    options.route.group_by = {"alertname"};
    options.route.group_wait = Duration{0};
    options.route.group_interval = seconds(60);
    options.route.repeat_interval = std::chrono::hours(1);
    rules(alert_rule("  for: 60s"));
    store.fresh.newest_log = from_unix_ns(0) + std::chrono::hours(100);
  }

  static std::string alert_rule(const std::string& more = "", const std::string& name = "Errors") {
    return "groups:\n- name: g\n  interval: 30s\n  rules:\n  - alert: " + name +
           "\n    expr: errors\n  " + more + "\n";
  }
  void rules(const std::string& text) { dir.write("rules.yaml", text); }

  // Starts, or starts again over the same store: what a restart after kill -9 does.
  bool restart() {
    const auto loaded = load();
    error = loaded ? "" : loaded.error().message;
    return error.empty();
  }
  bool reload() {
    const auto loaded = manager->reload(options);
    error = loaded ? "" : loaded.error().message;
    return error.empty();
  }

  Result<void> load() {
    manager.reset();
    outbox.reset();
    outbox = std::make_unique<Outbox>(options.outbox, store, clock, metrics);
    SLUICE_CHECK(outbox->load());
    outbox->handle("notify", [this](const OutboxRow& row) { return receive(row); });
    manager = std::make_unique<RuleManager>(
        options,
        RuleManager::Parts{store, *outbox,
                           [this](const rules::RuleQuery& q, Timestamp t) { return query(q, t); },
                           classify, clock, metrics});
    return manager->load();
  }

  void answer(std::vector<std::string> services) {
    query::Vector vector;
    for (auto& service : services) vector.push_back({{{"service", service}}, 0, 1});
    answer_ = query::QueryResult{vector, {}, {}};
  }
  void fail(std::string message) { answer_ = Error{ErrorCode::timeout, std::move(message)}; }

  // Second 0: a slot of the group, which depends on the path of its file.
  Timestamp origin() const {
    rules::RuleGroup group;
    group.file = dir / "rules.yaml";
    group.name = "g";
    group.interval = seconds(30);
    return next_slot(group, from_unix_ns(0) + std::chrono::hours(1));
  }

  // Moves to `second`, evaluates what is due, delivers what is due.
  void at(int second) {
    clock.set(origin() + seconds(second));
    manager->run_due();
    outbox->deliver_due();
  }

  // "firing:a,b" of every page so far, then forgets them.
  std::vector<std::string> pages() {
    std::vector<std::string> out;
    for (const auto& page : received) out.push_back(summary(page.body));
    received.clear();
    return out;
  }

  static std::string summary(const std::string& body);

  RuleView rule(std::size_t i = 0) const { return manager->groups().at(0).rules.at(i); }
  std::string states() const {
    std::string out;
    for (const auto& [labels, alert] : rule().alerts) {
      out += std::string(labels.get("service")) + "=" + std::string(to_string(alert.state.phase)) +
             " ";
    }
    return out;
  }

  TempDir dir;
  storage::test::FakeStore store;
  ManualClock clock{from_unix_ns(0) + std::chrono::hours(1)};
  Metrics metrics;
  AlertingOptions options;
  std::unique_ptr<Outbox> outbox;
  std::unique_ptr<RuleManager> manager;
  std::vector<Page> received;
  std::vector<rules::RuleQuery> asked;
  std::string error;  // of the last restart or reload
  Delivery::Outcome webhook = Delivery::Outcome::delivered;

 private:
  Delivery receive(const OutboxRow& row) {
    if (webhook == Delivery::Outcome::delivered) received.push_back({row.key, row.body});
    return {webhook, 200, "", "", std::nullopt};
  }
  Result<query::QueryResult> query(const rules::RuleQuery& q, Timestamp) {
    asked.push_back(q);
    return answer_;
  }

  Result<query::QueryResult> answer_ = query::QueryResult{query::Vector{}, {}, {}};
};

// Reads the payload back: "firing service=a,b; resolved service=c".
inline std::string Alerting::summary(const std::string& body) {
  std::string out;
  std::size_t at = body.find("\"alerts\":[");
  const std::size_t end = body.find("],\"groupLabels\"");
  while ((at = body.find("{\"status\":\"", at)) < end) {
    at += 11;
    const std::string status = body.substr(at, body.find('"', at) - at);
    const std::size_t service = body.find("\"service\":\"", at) + 11;
    if (!out.empty()) out += " ";
    out += status + ":" + body.substr(service, body.find('"', service) - service);
  }
  return out;
}

}  // namespace sluice::alerting::test
