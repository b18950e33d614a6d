#include <catch2/catch_test_macros.hpp>

#include "daemon/alerting/http_post.h"
#include "daemon/alerting/webhook_payload.h"
#include "tests/daemon/http_sink.h"

namespace sluice::alerting {
namespace {

using std::chrono::seconds;

const Timestamp t0 = from_unix_ns(1'767'323'045'123'000'000);

GroupAlert alert(const std::string& instance, bool resolved = false) {
  return {{{"alertname", "Errors"}, {"instance", instance}, {"severity", "page"}},
          {{"summary", "bad"}, {"on", instance}},
          t0,
          resolved ? std::optional(t0 + seconds(60)) : std::nullopt,
          "http://sluice/graph?g0.expr=up&g0.tab=1",
          true};
}

NotifyGroup group() {
  NotifyGroup g;
  g.receiver = "ops";
  g.route_key = "{}/{severity=\"page\"}";
  g.labels = {{"alertname", "Errors"}};
  g.created = t0;
  g.alerts["1"] = alert("b", true);
  g.alerts["2"] = alert("a");
  return g;
}

Route matching(std::string receiver, std::string matcher) {
  Route route;
  route.receiver = std::move(receiver);
  route.matchers.push_back(parse_matcher(matcher).value());
  return route;
}

std::string receivers(const Route& root, const LabelSet& labels) {
  std::string out;
  for (const Route* route : match(root, labels)) out += route->receiver + " ";
  return out;
}

}  // namespace

TEST_CASE("the webhook payload is Alertmanager's, byte by byte", "[notify]") {
  CHECK(
      webhook_payload(group(), {"http://sluice", true, 0}) ==
      R"({"receiver":"ops","status":"firing","alerts":[)"
      R"({"status":"firing","labels":{"alertname":"Errors","instance":"a","severity":"page"},)"
      R"("annotations":{"on":"a","summary":"bad"},"startsAt":"2026-01-02T03:04:05.123Z",)"
      R"("endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://sluice/graph?g0.expr=up&g0.tab=1",)"
      R"("fingerprint":"16e73958ca7bcce7"},)"
      R"({"status":"resolved","labels":{"alertname":"Errors","instance":"b","severity":"page"},)"
      R"("annotations":{"on":"b","summary":"bad"},"startsAt":"2026-01-02T03:04:05.123Z",)"
      R"("endsAt":"2026-01-02T03:05:05.123Z","generatorURL":)"
      R"("http://sluice/graph?g0.expr=up&g0.tab=1","fingerprint":"344512ea76965ae0"}],)"
      R"("groupLabels":{"alertname":"Errors"},)"
      R"("commonLabels":{"alertname":"Errors","severity":"page"},)"
      R"("commonAnnotations":{"summary":"bad"},"externalURL":"http://sluice","version":"4",)"
      R"("groupKey":"{}/{severity=\"page\"}:{alertname=\"Errors\"}","truncatedAlerts":0})");
}

TEST_CASE("the payload obeys send_resolved and max_alerts", "[notify]") {
  auto g = group();
  CHECK(webhook_payload(g, {"", false, 0}).find("resolved") == std::string::npos);
  CHECK(webhook_payload(g, {"", true, 1}).find("\"truncatedAlerts\":1") != std::string::npos);
  g.alerts.erase("2");
  CHECK(webhook_payload(g, {"", true, 0}).find("\"status\":\"resolved\",\"alerts\"") !=
        std::string::npos);
  CHECK(webhook_payload(g, {"", false, 0}) == "");
}

TEST_CASE("when a group is due", "[notify]") {
  Route route;
  route.group_wait = seconds(30);
  route.group_interval = seconds(300);
  route.repeat_interval = seconds(3600);
  auto g = group();
  g.alerts["1"] = alert("b");
  CHECK(due_at(g, route) == t0 + seconds(30));
  mark_notified(g, t0 + seconds(31));
  CHECK(due_at(g, route) == t0 + seconds(31 + 3600));
  set_resolved(g, "1", t0 + seconds(90));
  CHECK(due_at(g, route) == t0 + seconds(31 + 300));
  mark_notified(g, t0 + seconds(331));
  CHECK(g.alerts.size() == 1);  // the resolved one has been told
  set_resolved(g, "2", t0 + seconds(400));
  mark_notified(g, t0 + seconds(631));
  CHECK_FALSE(due_at(g, route).has_value());
  CHECK(g.sequence == 3);
}

TEST_CASE("groups are stored and read back; damaged ones are refused", "[notify]") {
  const std::string text = encode(group());
  const auto again = decode_group("n/ops/x", text);
  REQUIRE(again.has_value());
  CHECK(encode(*again).size() == text.size());
  CHECK(again->idempotency_key(0) == group().idempotency_key(0));
  for (std::size_t n = 0; n < text.size(); ++n) {
    REQUIRE_FALSE(decode_group("n/ops/x", text.substr(0, n)).has_value());
  }
}

TEST_CASE("alerts go to the deepest matching route, siblings only by continue", "[notify]") {
  Route root;
  root.receiver = "default";
  root.routes.push_back(matching("pager", "severity=\"page\""));
  root.routes.push_back(matching("all", "severity=~\".+\""));
  root.routes[0].routes.push_back(matching("db", "{team=\"db\"}"));
  assign_keys(root);
  CHECK(receivers(root, {}) == "default ");
  CHECK(receivers(root, {{"severity", "info"}}) == "all ");
  CHECK(receivers(root, {{"severity", "page"}}) == "pager ");
  CHECK(receivers(root, {{"severity", "page"}, {"team", "db"}}) == "db ");
  root.routes[0].continue_matching = true;
  CHECK(receivers(root, {{"severity", "page"}, {"team", "db"}}) == "db all ");
  const std::string key = root.routes[0].routes[0].key;
  CHECK(key == "{}/{severity=\"page\"}/{team=\"db\"}");
  CHECK(find_route(root, key)->receiver == "db");
  CHECK(find_route(root, "{}/gone") == nullptr);
}

TEST_CASE("matchers are read in all of Alertmanager's spellings", "[notify]") {
  auto show = [](std::string_view text) {
    const auto matcher = parse_matcher(text);
    return matcher ? matcher->to_string() : matcher.error().message;
  };
  CHECK(show("severity=\"page\"") == "severity=\"page\"");
  CHECK(show(" { severity != page } ") == "severity!=\"page\"");
  CHECK(show("team=~db|web") == "team=~\"db|web\"");
  CHECK(show("team!~\"a\\\"b\"") == "team!~\"a\\\"b\"");
  CHECK(show("severity") == "matcher 'severity': expected =, !=, =~ or !~");
  CHECK(show("9x=a") == "matcher '9x=a': \"9x\" is not a label name");
  CHECK(show("a=\"b\" c") == "matcher 'a=\"b\" c': text after the closing quote");
  CHECK(show("a!b") == "matcher 'a!b': expected =, !=, =~ or !~");
}

TEST_CASE("grouping by chosen labels, by none and by all", "[notify]") {
  const LabelSet labels{{"a", "1"}, {"b", "2"}};
  Route route;
  CHECK(group_labels(route, labels).empty());
  route.group_by = {"b", "c"};
  CHECK(group_labels(route, labels) == LabelSet{{"b", "2"}});
  route.group_by = {"..."};
  CHECK(group_labels(route, labels) == labels);
}

TEST_CASE("a POST carries its headers, key and bytes", "[http_post]") {
  sluice::test::HttpSink sink;
  HttpTarget target;
  target.url = sink.url("/hook?x=1");
  target.headers = {{"X-Team", "ops"}};
  const auto delivery = http_post(target, {"{\"a\":1}", "key-1", {}});
  CHECK(delivery.outcome == Delivery::Outcome::delivered);
  CHECK(delivery.status == 200);
  const std::string request = sink.requests().at(0);
  CHECK(request.starts_with("POST /hook?x=1 HTTP/1.1\r\n"));
  CHECK(request.find("Content-Type: application/json\r\n") != std::string::npos);
  CHECK(request.find("Idempotency-Key: key-1\r\n") != std::string::npos);
  CHECK(request.find("X-Team: ops\r\n") != std::string::npos);
  CHECK(request.find("Expect:") == std::string::npos);
  CHECK(request.ends_with("\r\n\r\n{\"a\":1}"));
}

TEST_CASE("answers decide whether to retry", "[http_post]") {
  using Outcome = Delivery::Outcome;
  for (int status : {200, 202, 204}) CHECK(outcome_of(status) == Outcome::delivered);
  for (int status : {408, 425, 429, 500, 503}) CHECK(outcome_of(status) == Outcome::retry);
  for (int status : {301, 400, 401, 404, 422}) CHECK(outcome_of(status) == Outcome::refused);
}

TEST_CASE("an unwilling receiver is quoted, and its Retry-After kept", "[http_post]") {
  sluice::test::HttpSink sink;
  sink.answer({429, "Retry-After: 7\r\n", "slow down", false});
  HttpTarget target;
  target.url = sink.url();
  const auto delivery = http_post(target, {"x", "", {}});
  CHECK(delivery.outcome == Delivery::Outcome::retry);
  CHECK(delivery.detail == target.url + " answered 429: slow down");
  CHECK(delivery.retry_after == seconds(7));
}

TEST_CASE("a response is read in bounds", "[http_post]") {
  sluice::test::HttpSink sink;
  sink.answer({200, "", std::string(1'000'000, 'x'), false});
  HttpTarget target;
  target.url = sink.url();
  CHECK(http_post(target, {"x", "", {}}).output.size() == max_post_response);
}

TEST_CASE("a receiver that never answers costs no more than the timeout", "[http_post]") {
  sluice::test::HttpSink sink;
  sink.answer({200, "", "", true});
  HttpTarget target;
  target.url = sink.url();
  target.timeout = std::chrono::milliseconds(100);
  const auto delivery = http_post(target, {"x", "", {}});
  CHECK(delivery.outcome == Delivery::Outcome::retry);
  CHECK(delivery.detail == target.url + ": Timeout was reached");
}

TEST_CASE("what cannot be reached or read is retried", "[http_post]") {
  HttpTarget target;
  target.url = "http://127.0.0.1:1/";
  CHECK(http_post(target, {"x", "", {}}).outcome == Delivery::Outcome::retry);
  target.url = "file:///etc/passwd";
  CHECK(http_post(target, {"x", "", {}}).outcome == Delivery::Outcome::retry);
  target.bearer_token_file = "/nonexistent/token";
  CHECK(http_post(target, {"x", "", {}}).detail ==
        "cannot read the bearer token in /nonexistent/token");
}

}  // namespace sluice::alerting
