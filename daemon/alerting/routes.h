// The rules and alerts API, in Prometheus' shapes.
//
//   /api/v1/rules, /prometheus/api/v1/rules     parameters: type, rule_name[], rule_group[],
//                                               file[], exclude_alerts
//   /api/v1/alerts, /prometheus/api/v1/alerts
//   /loki/api/v1/rules, /api/prom/rules         YAML, as Loki's ruler answers (loki_rules.h);
//                                               .../{file} and .../{file}/{group}, too
// Beyond Prometheus: rules carry "language" and "evidence" (ok, breach, no_data, stale, error).
#pragma once

#include "base/http/router.h"
#include "daemon/alerting/rule_manager.h"

namespace sluice::alerting {

// `rules` must outlive the router.
void add_alerting_routes(http::Router& router, const RuleManager& rules);

// The answers, for tests.
std::string rules_json(const std::vector<GroupView>& groups, const http::Params& params);
std::string alerts_json(const std::vector<GroupView>& groups);

}  // namespace sluice::alerting
