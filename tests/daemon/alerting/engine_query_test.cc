// Rules over the real parsers and engine.
#include "daemon/alerting/engine_query.h"

#include "rules/language.h"
#include "tests/daemon/alerting/alerting_fixture.h"

namespace sluice::alerting::test {

TEST_CASE("a LogQL rule fires on stored lines", "[alerting]") {
  Alerting a;
  query::Engine engine(a.store.logs(), a.store.samples());
  a.rules(
      "groups:\n- name: g\n  interval: 30s\n  rules:\n  - alert: Errors\n"
      "    expr: sum by (service) (count_over_time({service=\"pay\"} |= \"error\" [1m])) > 2\n");
  a.outbox = std::make_unique<Outbox>(a.options.outbox, a.store, a.clock, a.metrics);
  REQUIRE(a.outbox->load().has_value());
  std::vector<std::string> bodies;
  a.outbox->handle("notify", [&](const OutboxRow& row) {
    bodies.push_back(Alerting::summary(row.body));
    return Delivery{};
  });
  a.manager = std::make_unique<RuleManager>(
      a.options, RuleManager::Parts{a.store, *a.outbox, engine_query(engine, default_tenant()),
                                    rules::classify_query, a.clock, a.metrics});
  const auto loaded = a.manager->load();
  INFO((loaded ? "" : loaded.error().message));
  REQUIRE(loaded.has_value());
  for (int s : {5, 10, 15}) {
    REQUIRE(a.store
                .push({default_tenant(),
                       {{{{"service", "pay"}}, {{a.origin() + seconds(s), "an error", {}}}}},
                       std::nullopt})
                .has_value());
  }
  a.at(0);
  CHECK(bodies.empty());
  a.at(30);
  CHECK(bodies == std::vector<std::string>{"firing:pay"});
  CHECK(a.rule().language == "logql");
  CHECK(a.rule().health == "ok");
  a.at(90);
  CHECK(bodies == std::vector<std::string>{"firing:pay", "resolved:pay"});
}

TEST_CASE("a partial result is an error, a remark of PromQL is not", "[alerting]") {
  query::QueryResult result;
  CHECK(require_complete(result.warnings).has_value());
  result.warnings = {"PromQL warning: quantile value should be between 0 and 1"};
  CHECK(require_complete(result.warnings).has_value());
  result.warnings.push_back("some stored logs are damaged");
  CHECK(require_complete(result.warnings).error().message ==
        "partial result: some stored logs are damaged");
}

}  // namespace sluice::alerting::test
