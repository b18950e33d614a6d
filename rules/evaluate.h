// Evaluation of one rule: from an answer of the query engine to alert steps or recorded samples.
// Pure: what it needs is passed in, what changed is returned.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/types/log_entry.h"
#include "rules/rule.h"

namespace sluice::rules {

// What is known about the data a query reads, as of one moment.
struct Sight {
  Evidence evidence = Evidence::ok;  // ok, no_data or stale
  std::string reason;
};
using SightFn = std::function<Sight(const RuleQuery&, Timestamp at)>;

// One alert instance. Its identity is `labels` (alertname included, after templates).
struct ActiveAlert {
  LabelSet labels;
  LabelSet annotations;
  AlertState state;
};
using ActiveAlerts = std::map<LabelSet, ActiveAlert>;

struct AlertChange {
  AlertEvent event = AlertEvent::pending;
  ActiveAlert alert;  // after the step
};

struct EvaluationInput {
  const Rule& rule;
  const RuleGroup& group;
  Timestamp now{};
  const ExternalContext& external;
};

struct AlertEvaluation {
  Evidence evidence = Evidence::ok;
  std::string error;    // why, unless ok or breach; also partial problems of a breach
  ActiveAlerts alerts;  // pending and firing ones
  std::vector<AlertChange> changes;
};

// An error, a blind answer, or more alerts than the group's limit leave every alert as it is. Two
// samples with the same alert identity count once (the first in label order) and are reported.
AlertEvaluation evaluate_alert(const EvaluationInput& input, const ActiveAlerts& before,
                               const Result<query::QueryResult>& answer, const Sight& sight);

struct RecordingEvaluation {
  Evidence evidence = Evidence::ok;
  std::string error;
  std::vector<SeriesSamples> samples;  // one each, at input.now
};
RecordingEvaluation evaluate_recording(const EvaluationInput& input,
                                       const Result<query::QueryResult>& answer,
                                       const Sight& sight);

// ALERTS and ALERTS_FOR_STATE of the active alerts, and stale markers for those of `before` that
// are gone or changed state.
std::vector<SeriesSamples> alert_series(const ActiveAlerts& before, const ActiveAlerts& after,
                                        Timestamp now);

// A sample that ends each of these series.
std::vector<SeriesSamples> stale_markers(const std::vector<LabelSet>& series, Timestamp now);

// Alertmanager's fingerprint: FNV-1a over names and values with 0xff after each.
std::string fingerprint(const LabelSet& labels);

}  // namespace sluice::rules
