#include "rules/evaluate.h"

#include <bit>
#include <catch2/catch_test_macros.hpp>

#include "base/codec/json_writer.h"

namespace sluice::rules {
namespace {

using std::chrono::seconds;

TemplatedText text(std::string name, std::string source) {
  return {std::move(name), TextTemplate::parse(std::move(source)).value()};
}

// One rule evaluated over scripted answers.
struct Evaluations {
  Rule rule;
  RuleGroup group;
  ExternalContext external{{{"region", "eu"}}, "http://sluice"};
  ActiveAlerts alerts;
  Sight sight{Evidence::ok, ""};
  Timestamp now = from_unix_ns(0);

  Evaluations() {
    rule.name = "ErrorRate";
    rule.times.hold = seconds(60);
    rule.labels = {text("severity", "page")};
    rule.annotations = {text("summary", "{{ $labels.service }} at {{ $value }}")};
  }

  AlertEvaluation at(int second, const Result<query::QueryResult>& answer) {
    now = from_unix_ns(0) + seconds(second);
    auto out = evaluate_alert({rule, group, now, external}, alerts, answer, sight);
    alerts = out.alerts;
    return out;
  }
};

Result<query::QueryResult> vector(std::vector<std::pair<std::string, double>> samples) {
  query::Vector out;
  for (auto& [service, value] : samples) {
    out.push_back({{{"service", service}, {"__name__", "x"}}, 0, value});
  }
  return query::QueryResult{out, {}, {}};
}

Result<query::QueryResult> failure() {
  return Error{ErrorCode::timeout, "too slow"};
}

std::string show(const AlertEvaluation& e) {
  std::string out(to_string(e.evidence));
  if (!e.error.empty()) out += " (" + e.error + ")";
  for (const auto& [labels, alert] : e.alerts) {
    out +=
        " " + std::string(labels.get("service")) + "=" + std::string(to_string(alert.state.phase));
  }
  for (const auto& change : e.changes) {
    out += " " + std::string(to_string(change.event)) + ":" +
           std::string(change.alert.labels.get("service"));
  }
  return out;
}

}  // namespace

TEST_CASE("each series is an alert of its own", "[evaluate]") {
  Evaluations e;
  CHECK(show(e.at(0, vector({{"a", 1}, {"b", 2}}))) ==
        "breach a=pending b=pending pending:a pending:b");
  CHECK(show(e.at(60, vector({{"a", 1}}))) == "breach a=firing fired:a dropped:b");
  CHECK(show(e.at(75, vector({}))) == "ok resolved:a");
}

TEST_CASE("labels and annotations are expanded from the result", "[evaluate]") {
  Evaluations e;
  const auto out = e.at(0, vector({{"a", 1.5}}));
  REQUIRE(out.alerts.size() == 1);
  const ActiveAlert& alert = out.alerts.begin()->second;
  CHECK(alert.labels.to_string() == R"({alertname="ErrorRate", service="a", severity="page"})");
  CHECK(alert.annotations.get("summary") == "a at 1.5");
}

TEST_CASE("a template that fails says so in its place", "[evaluate]") {
  Evaluations e;
  e.rule.annotations = {text("summary", "{{ humanize \"x\" }}")};
  const auto out = e.at(0, vector({{"a", 1}}));
  const auto summary = std::string(out.alerts.begin()->second.annotations.get("summary"));
  CHECK(summary.starts_with("<error expanding template: "));
  CHECK(out.evidence == Evidence::breach);
}

TEST_CASE("a failed or blind evaluation leaves alerts alone", "[evaluate]") {
  Evaluations e;
  e.at(0, vector({{"a", 1}, {"b", 1}}));
  e.at(60, vector({{"a", 1}, {"b", 1}}));
  CHECK(show(e.at(75, failure())) == "error (too slow) a=firing b=firing");
  e.sight = {Evidence::stale, "newest log is 9m old"};
  CHECK(show(e.at(90, vector({}))) == "stale (newest log is 9m old) a=firing b=firing");
  // Seen breaches count even when the rest is out of sight.
  CHECK(show(e.at(105, vector({{"a", 1}}))) == "breach (newest log is 9m old) a=firing b=firing");
  e.sight = {Evidence::no_data, "no logs were ever stored"};
  CHECK(show(e.at(120, vector({}))) == "no_data (no logs were ever stored) a=firing b=firing");
  e.sight = {};
  CHECK(show(e.at(135, vector({}))) == "ok resolved:a resolved:b");
}

TEST_CASE("over the limit nothing changes", "[evaluate]") {
  Evaluations e;
  e.group.limit = 1;
  e.at(0, vector({{"a", 1}}));
  CHECK(show(e.at(60, vector({{"a", 1}, {"b", 1}}))) ==
        "error (2 alerts exceed the group's limit of 1) a=pending");
}

TEST_CASE("two series with one identity are reported and count once", "[evaluate]") {
  Evaluations e;
  e.rule.labels.push_back(text("service", "same"));
  const auto out = e.at(0, vector({{"b", 2}, {"a", 1}}));
  CHECK(out.alerts.size() == 1);
  CHECK(out.alerts.begin()->second.state.value == 1);
  CHECK(out.error ==
        "several series give the alert {alertname=\"ErrorRate\", service=\"same\", "
        "severity=\"page\"}; only the first counts");
}

TEST_CASE("a scalar is an alert without labels; lines are an error", "[evaluate]") {
  Evaluations e;
  CHECK(e.at(0, query::QueryResult{query::Scalar{0, 3}, {}, {}}).alerts.size() == 1);
  CHECK(e.at(15, query::QueryResult{query::Streams{}, {}, {}}).evidence == Evidence::error);
}

TEST_CASE("recording renames, labels and stamps", "[evaluate]") {
  Evaluations e;
  e.rule.kind = RuleKind::recording;
  e.rule.name = "service:errors";
  e.now = from_unix_ns(0) + seconds(5);
  const auto out =
      evaluate_recording({e.rule, e.group, e.now, e.external}, vector({{"b", 2}, {"a", 1}}), {});
  REQUIRE(out.samples.size() == 2);
  CHECK(out.samples[0].labels.to_string() ==
        R"({__name__="service:errors", service="a", severity="page"})");
  CHECK(out.samples[0].samples[0].timestamp_ms == 5000);
  CHECK(out.samples[0].samples[0].value == 1);
  CHECK(evaluate_recording({e.rule, e.group, e.now, e.external}, failure(), {}).error ==
        "too slow");
}

TEST_CASE("active alerts are series, ended ones get a stale marker", "[evaluate]") {
  Evaluations e;
  const auto pending = e.at(0, vector({{"a", 1}})).alerts;
  const auto firing = e.at(60, vector({{"a", 1}})).alerts;
  auto print = [](const std::vector<SeriesSamples>& series) {
    std::string out;
    for (const auto& s : series) {
      const double v = s.samples[0].value;
      const bool stale = std::bit_cast<std::uint64_t>(v) == stale_marker_bits;
      out += std::string(s.labels.get("__name__")) + "/" + std::string(s.labels.get("alertstate")) +
             "=" + (stale ? "stale" : format_sample_value(v)) + " ";
    }
    return out;
  };
  CHECK(print(alert_series({}, pending, from_unix_ns(0))) ==
        "ALERTS/pending=1 ALERTS_FOR_STATE/=0 ");
  CHECK(print(alert_series(pending, firing, e.now)) ==
        "ALERTS/firing=1 ALERTS_FOR_STATE/=0 ALERTS/pending=stale ");
  CHECK(print(alert_series(firing, {}, e.now)) == "ALERTS_FOR_STATE/=stale ALERTS/firing=stale ");
}

TEST_CASE("fingerprints are those of Alertmanager", "[evaluate]") {
  // FNV-1a's offset basis, and one label worked out by hand in another implementation.
  CHECK(fingerprint({}) == "cbf29ce484222325");
  CHECK(fingerprint({{"alertname", "A"}}) != fingerprint({{"alertname", "B"}}));
  CHECK(fingerprint({{"a", "bc"}}) != fingerprint({{"ab", "c"}}));
}

}  // namespace sluice::rules
