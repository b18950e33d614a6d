#include "daemon/alerting/config.h"
#include "daemon/alerting/loki_rules.h"
#include "daemon/alerting/sight.h"
#include "tests/daemon/alerting/alerting_fixture.h"

namespace sluice::alerting::test {
namespace {

GroupView example() {
  rules::ActiveAlert alert;
  alert.labels = {{"alertname", "Errors"}, {"service", "pay"}};
  alert.annotations = {{"summary", "pay is bad"}};
  alert.state = {rules::AlertPhase::firing, from_unix_ns(0) + seconds(60),
                 from_unix_ns(0) + seconds(120), std::nullopt, 12.5};
  RuleView rule;
  rule.name = "Errors";
  rule.query = "rate({a=\"b\"}[1m]) > 1";
  rule.language = "logql";
  rule.times = {seconds(60), seconds(0)};
  rule.labels = {{"severity", "page"}};
  rule.annotations = {{"summary", "{{ $labels.service }} is bad"}};
  rule.health = "ok";
  rule.evidence = "breach";
  rule.evaluation_time = std::chrono::milliseconds(250);
  rule.last_evaluation = from_unix_ns(0) + seconds(180);
  rule.alerts[alert.labels] = alert;
  RuleView record;
  record.kind = rules::RuleKind::recording;
  record.name = "errors:rate";
  record.query = "x";
  record.language = "promql";
  record.health = "err";
  record.last_error = "too slow";
  return {
      "g",           "r.yaml", seconds(30), 5, std::chrono::milliseconds(500), rule.last_evaluation,
      {rule, record}};
}

std::string rules_for(const std::string& query) {
  return rules_json({example()}, http::Params::parse(query));
}

AlertingOptions read(const std::string& text, std::string& problems) {
  auto document = YamlDocument::parse(text, "f.yaml");
  REQUIRE(document.has_value());
  YamlDocument doc = *document;
  auto options = read_alerting(doc.root().section("alerting"));
  const auto finished = doc.finish();
  problems = finished ? "" : finished.error().message;
  return options;
}

}  // namespace

TEST_CASE("the rules API has Prometheus' shape", "[api]") {
  CHECK(
      rules_for("") ==
      R"({"status":"success","data":{"groups":[{"name":"g","file":"r.yaml","rules":[)"
      R"({"name":"Errors","query":"rate({a=\"b\"}[1m]) > 1","labels":{"severity":"page"},)"
      R"("state":"firing","duration":60,"keepFiringFor":0,)"
      R"("annotations":{"summary":"{{ $labels.service }} is bad"},"alerts":[)"
      R"({"labels":{"alertname":"Errors","service":"pay"},"annotations":{"summary":"pay is bad"},)"
      R"("state":"firing","activeAt":"1970-01-01T00:01:00Z","value":"1.25e+01"}],)"
      R"("health":"ok","evaluationTime":0.25,"lastEvaluation":"1970-01-01T00:03:00Z",)"
      R"("type":"alerting","language":"logql","evidence":"breach"},)"
      R"({"name":"errors:rate","query":"x","labels":{},"health":"err","lastError":"too slow",)"
      R"("evaluationTime":0,"lastEvaluation":"0001-01-01T00:00:00Z","type":"recording",)"
      R"("language":"promql","evidence":""}],"interval":30,"limit":5,"evaluationTime":0.5,)"
      R"("lastEvaluation":"1970-01-01T00:03:00Z"}]}})");
}

TEST_CASE("the rules API filters", "[api]") {
  CHECK(rules_for("type=alert").find("errors:rate") == std::string::npos);
  CHECK(rules_for("type=record").find("\"Errors\"") == std::string::npos);
  CHECK(rules_for("rule_name[]=errors:rate").find("\"Errors\"") == std::string::npos);
  CHECK(rules_for("exclude_alerts=true").find("\"alerts\":[]") != std::string::npos);
  const std::string none = R"({"status":"success","data":{"groups":[]}})";
  CHECK(rules_for("rule_group[]=other") == none);
  CHECK(rules_for("file[]=other.yaml") == none);
  CHECK(rules_for("rule_name[]=None") == none);
}

TEST_CASE("the alerts API lists active alerts", "[api]") {
  CHECK(
      alerts_json({example()}) ==
      R"({"status":"success","data":{"alerts":[)"
      R"({"labels":{"alertname":"Errors","service":"pay"},"annotations":{"summary":"pay is bad"},)"
      R"("state":"firing","activeAt":"1970-01-01T00:01:00Z","value":"1.25e+01"}]}})");
}

TEST_CASE("Loki's rules answer is YAML by file, and loads again", "[api]") {
  const std::string yaml = loki_rules_yaml({example()});
  CHECK(yaml.starts_with("\"r.yaml\":\n    - name: \"g\"\n      interval: 30s\n      rules:\n"));
  auto document = YamlDocument::parse(yaml, "answer", false);
  REQUIRE(document.has_value());
  YamlDocument doc = *document;
  auto groups = doc.root().list("r.yaml");
  REQUIRE(groups.size() == 1);
  auto rules = groups[0].list("rules");
  REQUIRE(rules.size() == 2);
  CHECK(rules[0].string("expr") == "rate({a=\"b\"}[1m]) > 1");
  CHECK(rules[0].duration("for", Duration{0}) == seconds(60));
  CHECK(rules[0].section("annotations").string("summary") == "{{ $labels.service }} is bad");
  CHECK(rules[1].string("record") == "errors:rate");
  CHECK(loki_rules_yaml({}) == "{}\n");
}

TEST_CASE("Loki's rules of one file and of one group", "[api]") {
  GroupView one = example();
  one.file = "/etc/rules/r.yaml";
  GroupView two = one;
  two.name = "h/i";
  GroupView other = one;
  other.file = "s.yaml";
  const std::vector<GroupView> groups{one, two, other};
  const auto file = loki_rules_at(groups, "/etc/rules/r.yaml");
  CHECK(file.status == 200);
  CHECK(file.headers.get("Content-Type") == "application/yaml");
  CHECK(file.body == loki_rules_yaml({one, two}));
  CHECK(loki_rules_at(groups, "etc/rules/r.yaml").body == file.body);
  CHECK(loki_rules_at(groups, "s.yaml").body == loki_rules_yaml({other}));
  const auto group = loki_rules_at(groups, "etc/rules/r.yaml/h/i");
  CHECK(group.status == 200);
  CHECK(group.body.starts_with("name: \"h/i\"\ninterval: 30s\nrules:\n    - alert: "));
  auto document = YamlDocument::parse(group.body, "answer", false);
  REQUIRE(document.has_value());
  YamlDocument doc = *document;
  CHECK(doc.root().list("rules").size() == 2);
  for (const char* place : {"", "etc/rules", "r.yaml", "s.yaml/x", "s.yaml/"}) {
    const auto none = loki_rules_at(groups, place);
    CHECK(none.status == 404);
    CHECK(none.body == "no rule groups found\n");
  }
}

TEST_CASE("the routes answer", "[api]") {
  Alerting a;
  REQUIRE(a.restart());
  http::Router router;
  add_alerting_routes(router, *a.manager);
  auto get = [&](const std::string& path, const std::string& query = "") {
    http::Request request;
    request.method = "GET";
    request.path = path;
    request.query = http::Params::parse(query);
    return router.dispatch(std::move(request));
  };
  for (const char* path : {"/api/v1/rules", "/api/v1/alerts", "/prometheus/api/v1/rules",
                           "/prometheus/api/v1/alerts", "/loki/api/v1/rules", "/api/prom/rules"}) {
    CHECK(get(path).status == 200);
  }
  CHECK(get("/loki/api/v1/rules/nothing").status == 404);
  const std::string file = a.manager->groups().at(0).file;
  CHECK(get("/loki/api/v1/rules/" + file).body == get("/loki/api/v1/rules").body);
  CHECK(get("/api/v1/rules", "type=nonsense").status == 400);
  CHECK(get("/api/v1/rules").body.find("\"state\":\"unknown\"") != std::string::npos);
}

TEST_CASE("the alerting section is read completely", "[config]") {
  std::string problems;
  const auto o = read(R"(
alerting:
  rule_files: [/etc/sluice/rules/*.yaml]
  evaluation_interval: 30s
  query_offset: 5s
  stale_after: 2m
  external_url: http://sluice.example
  external_labels: {region: eu}
  receivers:
    - name: ops
      webhook_configs:
        - url: http://127.0.0.1:1/x
          send_resolved: false
          timeout: 3s
          headers: {X-Team: ops}
          tls: {ca_file: /ca.pem}
    - name: db
  route:
    receiver: ops
    group_by: [alertname]
    group_wait: 10s
    routes:
      - matchers: ['team="db"']
        receiver: db
        continue: true
  outbox: {max_rows: 50, give_up_after: 1h}
)",
                      problems);
  CHECK(problems == "");
  CHECK(o.evaluation_interval == seconds(30));
  CHECK(o.stale_after == seconds(120));
  CHECK(o.external_labels == LabelSet{{"region", "eu"}});
  const auto& hook = o.receivers.at(0).webhooks.at(0);
  CHECK(hook.target.timeout == seconds(3));
  CHECK(hook.target.tls.ca_file == "/ca.pem");
  CHECK_FALSE(hook.send_resolved);
  const auto& child = o.route.routes.at(0);
  CHECK(child.receiver == "db");
  CHECK(child.group_wait == seconds(10));  // inherited
  CHECK(child.continue_matching);
  CHECK(o.outbox.max_rows == 50);
}

TEST_CASE("the alerting section's mistakes are all named", "[config]") {
  std::string problems;
  read(R"(
alerting:
  evaluation_interval: 0s
  receivers:
    - webhook_configs: [{url: ftp://x}]
    - name: ops
    - name: ops
  route:
    receiver: nobody
    routes: [{matchers: [team]}]
)",
       problems);
  CHECK(problems ==
        "f.yaml:3:3: \"evaluation_interval\": must be more than 0\n"
        "f.yaml:5:7: the receiver has no name\n"
        "f.yaml:5:26: \"url\": expected an http:// or https:// URL\n"
        "f.yaml:7:7: \"name\": stands twice\n"
        "f.yaml:9:5: \"receiver\": no receiver is named \"nobody\"\n"
        "f.yaml:10:14: \"receiver\": no receiver is named \"nobody\"\n"
        "f.yaml:10:15: \"matchers\": matcher 'team': expected =, !=, =~ or !~");
  read("alerting: {receivers: [{name: ops}]}", problems);
  CHECK(problems == "f.yaml:1:11: \"receivers\" are useless without a \"route\" to them");
}

TEST_CASE("a query over recorded metrics is as fresh as their recording", "[sight]") {
  const auto at = [](int s) { return from_unix_ns(0) + seconds(s); };
  const Recorded recorded{{"a:rate", at(100)}, {"b:rate", at(90)}};
  const storage::Freshness stored{at(50), at(20)};
  auto newest = [&](std::vector<std::string> metrics) {
    const rules::RuleQuery query{"", rules::Language::promql, false, true, std::move(metrics)};
    return freshness_for(query, stored, recorded).newest_sample;
  };
  CHECK(newest({"a:rate", "b:rate"}) == at(90));
  CHECK(newest({"a:rate", "up"}) == at(20));
  CHECK(newest({}) == at(20));
}

TEST_CASE("what a query can see depends on what it reads", "[sight]") {
  const Timestamp now = from_unix_ns(0) + std::chrono::hours(1);
  storage::Freshness fresh{now - seconds(10), now - seconds(400)};
  auto sight = [&](bool logs, bool samples) {
    const auto s =
        sight_of(fresh, {"", rules::Language::promql, logs, samples, {}}, now, seconds(300));
    return std::string(to_string(s.evidence)) + ": " + s.reason;
  };
  CHECK(sight(true, false) == "ok: ");
  CHECK(sight(false, true) == "stale: blind: the newest sample is 6m40s old (stale after 5m)");
  CHECK(sight(true, true).starts_with("stale"));
  CHECK(sight(false, false) == "ok: ");  // vector(1) needs no data
  fresh.newest_sample.reset();
  CHECK(sight(false, true) == "no_data: no sample was ever stored");
}

}  // namespace sluice::alerting::test
