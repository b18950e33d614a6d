#include "daemon/alerting/routes.h"

#include <algorithm>
#include <cstdio>

#include "daemon/alerting/json_encode.h"
#include "daemon/alerting/loki_rules.h"

namespace sluice::alerting {
namespace {

using rules::AlertPhase;
using rules::RuleKind;

// Prometheus prints alert values in exponent form: 1e+00, 3.5e+00.
std::string exponent_form(double value) {
  if (value != value || value - value != 0) return format_sample_value(value);
  for (int digits = 0; digits <= 17; ++digits) {
    char text[40];
    std::snprintf(text, sizeof text, "%.*e", digits, value);
    if (std::stod(text) == value) return text;
  }
  return format_sample_value(value);
}

std::string time_or_zero(Timestamp t) {
  return t == Timestamp{} ? "0001-01-01T00:00:00Z" : format_rfc3339(t);
}

void write_alert(JsonWriter& w, const rules::ActiveAlert& alert) {
  w.begin_object().key("labels");
  write_labels(w, alert.labels);
  w.key("annotations");
  write_labels(w, alert.annotations);
  w.key("state").string(to_string(alert.state.phase));
  w.key("activeAt").string(format_rfc3339(alert.state.active_at));
  if (alert.state.keep_firing_since) {
    w.key("keepFiringSince").string(format_rfc3339(*alert.state.keep_firing_since));
  }
  w.key("value").string(exponent_form(alert.state.value)).end_object();
}

std::string_view state_of(const RuleView& rule) {
  if (rule.last_evaluation == Timestamp{} && rule.alerts.empty()) return "unknown";
  AlertPhase worst = AlertPhase::inactive;
  for (const auto& [labels, alert] : rule.alerts) worst = std::max(worst, alert.state.phase);
  return to_string(worst);
}

void write_alerting(JsonWriter& w, const RuleView& rule, bool with_alerts) {
  w.key("state").string(state_of(rule)).key("duration").number(seconds_of(rule.times.hold));
  w.key("keepFiringFor").number(seconds_of(rule.times.keep_firing_for)).key("annotations");
  write_labels(w, rule.annotations);
  w.key("alerts").begin_array();
  if (with_alerts) {
    for (const auto& [labels, alert] : rule.alerts) write_alert(w, alert);
  }
  w.end_array();
}

void write_rule(JsonWriter& w, const RuleView& rule, bool with_alerts) {
  const bool alerting = rule.kind == RuleKind::alerting;
  w.begin_object().key("name").string(rule.name).key("query").string(rule.query).key("labels");
  write_labels(w, rule.labels);
  if (alerting) write_alerting(w, rule, with_alerts);
  w.key("health").string(rule.health);
  if (!rule.last_error.empty()) w.key("lastError").string(rule.last_error);
  w.key("evaluationTime").number(seconds_of(rule.evaluation_time));
  w.key("lastEvaluation").string(time_or_zero(rule.last_evaluation));
  w.key("type").string(alerting ? "alerting" : "recording");
  w.key("language").string(rule.language).key("evidence").string(rule.evidence).end_object();
}

// Which rules the request asks for.
struct RuleFilter {
  std::vector<std::string> names, groups, files;
  std::string type;

  explicit RuleFilter(const http::Params& params)
      : names(params.all("rule_name[]")),
        groups(params.all("rule_group[]")),
        files(params.all("file[]")),
        type(params.get_or("type", "")) {}

  static bool in(const std::vector<std::string>& list, const std::string& value) {
    return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
  }
  bool wants(const GroupView& group) const {
    return in(groups, group.name) && in(files, group.file);
  }
  bool wants(const RuleView& rule) const {
    if (type == "alert" && rule.kind != RuleKind::alerting) return false;
    if (type == "record" && rule.kind != RuleKind::recording) return false;
    return in(names, rule.name);
  }
};

void write_group(JsonWriter& w, const GroupView& group, const RuleFilter& filter,
                 bool with_alerts) {
  w.begin_object().key("name").string(group.name).key("file").string(group.file);
  w.key("rules").begin_array();
  for (const auto& rule : group.rules) {
    if (filter.wants(rule)) write_rule(w, rule, with_alerts);
  }
  w.end_array().key("interval").number(seconds_of(group.interval));
  w.key("limit").number(std::uint64_t{group.limit});
  w.key("evaluationTime").number(seconds_of(group.evaluation_time));
  w.key("lastEvaluation").string(time_or_zero(group.last_evaluation)).end_object();
}

http::Response serve_rules(const RuleManager& rules, http::Request& request) {
  const std::string type = request.query.get_or("type", "");
  if (!type.empty() && type != "alert" && type != "record") {
    return http::error_response(
        invalid_argument("invalid parameter \"type\": not supported value \"" + type + "\""));
  }
  return http::Response::json(200, rules_json(rules.groups(), request.query));
}

}  // namespace

std::string rules_json(const std::vector<GroupView>& groups, const http::Params& params) {
  const RuleFilter filter(params);
  const bool with_alerts = params.get_or("exclude_alerts", "false") != "true";
  JsonWriter w;
  w.begin_object().key("status").string("success").key("data").begin_object();
  w.key("groups").begin_array();
  for (const auto& group : groups) {
    const bool any = std::any_of(group.rules.begin(), group.rules.end(),
                                 [&](const RuleView& rule) { return filter.wants(rule); });
    if (filter.wants(group) && any) write_group(w, group, filter, with_alerts);
  }
  w.end_array().end_object().end_object();
  return w.take();
}

std::string alerts_json(const std::vector<GroupView>& groups) {
  JsonWriter w;
  w.begin_object().key("status").string("success").key("data").begin_object();
  w.key("alerts").begin_array();
  for (const auto& group : groups) {
    for (const auto& rule : group.rules) {
      for (const auto& [labels, alert] : rule.alerts) write_alert(w, alert);
    }
  }
  w.end_array().end_object().end_object();
  return w.take();
}

void add_alerting_routes(http::Router& router, const RuleManager& rules) {
  const http::RouteOptions options;
  for (const char* prefix : {"/api/v1", "/prometheus/api/v1"}) {
    router.add("GET", std::string(prefix) + "/rules", options,
               [&rules](http::Request& request) { return serve_rules(rules, request); });
    router.add("GET", std::string(prefix) + "/alerts", options, [&rules](http::Request&) {
      return http::Response::json(200, alerts_json(rules.groups()));
    });
  }
  for (const char* path : {"/loki/api/v1/rules", "/api/prom/rules"}) {
    router.add("GET", path, options,
               [&rules](http::Request&) { return yaml_response(loki_rules_yaml(rules.groups())); });
    router.add("GET", std::string(path) + "/{place...}", options, [&rules](http::Request& request) {
      return loki_rules_at(rules.groups(), request.path_params["place"]);
    });
  }
}

}  // namespace sluice::alerting
