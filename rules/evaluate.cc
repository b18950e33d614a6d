#include "rules/evaluate.h"

#include <algorithm>

namespace sluice::rules {
namespace {

Result<query::Vector> as_vector(const Result<query::QueryResult>& answer) {
  if (!answer) return answer.error();
  if (const auto* vector = std::get_if<query::Vector>(&answer->value)) return *vector;
  if (const auto* scalar = std::get_if<query::Scalar>(&answer->value)) {
    return query::Vector{{LabelSet{}, scalar->timestamp_ms, scalar->value}};
  }
  return invalid_argument("the expression gave neither a vector nor a scalar");
}

// Stable order, so that "the first of two with one identity" is the same every time.
void sort(query::Vector& vector) {
  std::stable_sort(vector.begin(), vector.end(),
                   [](const auto& a, const auto& b) { return a.labels < b.labels; });
}

ActiveAlert alert_of(const EvaluationInput& in, const query::VectorSample& sample) {
  TemplateContext context{sample.labels, sample.value};
  context.labels.erase(metric_name_label);
  ActiveAlert alert;
  alert.labels = context.labels;
  for (const auto& label : in.rule.labels) {
    alert.labels.set(label.name, label.text.expand(context, in.external));
  }
  alert.labels.set("alertname", in.rule.name);
  for (const auto& annotation : in.rule.annotations) {
    alert.annotations.set(annotation.name, annotation.text.expand(context, in.external));
  }
  return alert;
}

class AlertEvaluator {
 public:
  AlertEvaluator(const EvaluationInput& input, const ActiveAlerts& before)
      : in_(input), before_(before) {}

  AlertEvaluation blind(Evidence evidence, std::string why) && {
    out_.evidence = evidence;
    out_.error = std::move(why);
    out_.alerts = before_;
    return std::move(out_);
  }

  AlertEvaluation run(query::Vector vector, const Sight& sight) && {
    sort(vector);
    out_.evidence = vector.empty() ? sight.evidence : Evidence::breach;
    for (const auto& sample : vector) breach(sample);
    if (in_.group.limit > 0 && out_.alerts.size() > in_.group.limit) {
      const std::string count = std::to_string(out_.alerts.size());
      out_ = {};
      return std::move(*this).blind(
          Evidence::error,
          count + " alerts exceed the group's limit of " + std::to_string(in_.group.limit));
    }
    for (const auto& [labels, alert] : before_) {
      if (!out_.alerts.count(labels)) absent(alert, sight.evidence);
    }
    if (!knows(sight.evidence) && out_.error.empty()) out_.error = sight.reason;
    return std::move(out_);
  }

 private:
  void breach(const query::VectorSample& sample) {
    ActiveAlert alert = alert_of(in_, sample);
    if (out_.alerts.count(alert.labels)) {
      out_.error =
          "several series give the alert " + alert.labels.to_string() + "; only the first counts";
      return;
    }
    const auto it = before_.find(alert.labels);
    if (it != before_.end()) alert.state = it->second.state;
    apply(std::move(alert), Evidence::breach, sample.value);
  }

  // No sample for this alert: ok if we can see, and no change if we cannot.
  void absent(const ActiveAlert& alert, Evidence sight) { apply(alert, sight, 0); }

  void apply(ActiveAlert alert, Evidence evidence, double value) {
    AlertStep next = step(alert.state, evidence, value, in_.now, in_.rule.times);
    alert.state = next.state;
    for (AlertEvent event : next.events) out_.changes.push_back({event, alert});
    if (alert.state.phase != AlertPhase::inactive) out_.alerts[alert.labels] = std::move(alert);
  }

  const EvaluationInput& in_;
  const ActiveAlerts& before_;
  AlertEvaluation out_;
};

std::int64_t milliseconds(Timestamp t) {
  return unix_ms(to_ms(t));
}

SeriesSamples recorded(const LabelSet& labels, const query::VectorSample& sample, Timestamp now) {
  SeriesSamples series{labels, {{milliseconds(now), sample.value}}};
  if (sample.histogram)
    series.samples.front().value = add_histogram(series.histograms, sample.histogram);
  return series;
}

LabelSet alerts_labels(const ActiveAlert& alert) {
  LabelSet labels = alert.labels;
  labels.set(metric_name_label, "ALERTS");
  labels.set("alertstate", to_string(alert.state.phase));
  return labels;
}

LabelSet for_state_labels(const ActiveAlert& alert) {
  LabelSet labels = alert.labels;
  labels.set(metric_name_label, "ALERTS_FOR_STATE");
  return labels;
}

}  // namespace

AlertEvaluation evaluate_alert(const EvaluationInput& input, const ActiveAlerts& before,
                               const Result<query::QueryResult>& answer, const Sight& sight) {
  AlertEvaluator evaluator(input, before);
  auto vector = as_vector(answer);
  if (!vector) return std::move(evaluator).blind(Evidence::error, vector.error().message);
  return std::move(evaluator).run(std::move(*vector), sight);
}

RecordingEvaluation evaluate_recording(const EvaluationInput& input,
                                       const Result<query::QueryResult>& answer,
                                       const Sight& sight) {
  auto vector = as_vector(answer);
  if (!vector) return {Evidence::error, vector.error().message, {}};
  if (input.group.limit > 0 && vector->size() > input.group.limit) {
    return {Evidence::error,
            std::to_string(vector->size()) + " series exceed the group's limit of " +
                std::to_string(input.group.limit),
            {}};
  }
  sort(*vector);
  std::map<LabelSet, SeriesSamples> series;
  RecordingEvaluation out{sight.evidence, sight.reason, {}};
  for (const auto& sample : *vector) {
    LabelSet labels = sample.labels;
    for (const auto& label : input.rule.labels) labels.set(label.name, label.text.text());
    labels.set(metric_name_label, input.rule.name);
    if (!series.emplace(labels, recorded(labels, sample, input.now)).second) {
      out.error =
          "several series are recorded as " + labels.to_string() + "; only the first counts";
    }
  }
  if (!series.empty()) out.evidence = Evidence::ok;
  for (auto& [labels, samples] : series) out.samples.push_back(std::move(samples));
  return out;
}

std::vector<SeriesSamples> alert_series(const ActiveAlerts& before, const ActiveAlerts& after,
                                        Timestamp now) {
  std::vector<SeriesSamples> out;
  for (const auto& [labels, alert] : after) {
    const double active = static_cast<double>(unix_ns(alert.state.active_at)) / 1e9;
    out.push_back({alerts_labels(alert), {{milliseconds(now), 1}}});
    out.push_back({for_state_labels(alert), {{milliseconds(now), active}}});
  }
  std::vector<LabelSet> ended;
  for (const auto& [labels, alert] : before) {
    const auto it = after.find(labels);
    if (it == after.end()) ended.push_back(for_state_labels(alert));
    if (it == after.end() || it->second.state.phase != alert.state.phase) {
      ended.push_back(alerts_labels(alert));
    }
  }
  auto markers = stale_markers(ended, now);
  out.insert(out.end(), markers.begin(), markers.end());
  return out;
}

}  // namespace sluice::rules
