// The alert state machine: one pure step for one alert instance.
//
// Semantics are Prometheus' (inactive, pending for `hold`, firing, kept firing for
// `keep_firing_for`) with one difference on purpose: evidence that is neither ok nor breach
// changes nothing. Prometheus' alerts expire at the receiver when evaluations fail, which reads as
// "resolved"; ours stay as they are until somebody can see again.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/types/time.h"
#include "rules/evidence.h"

namespace sluice::rules {

enum class AlertPhase { inactive, pending, firing };
std::string_view to_string(AlertPhase phase);  // as the rules API prints them
std::optional<AlertPhase> alert_phase(std::string_view text);

struct AlertState {
  AlertPhase phase = AlertPhase::inactive;
  Timestamp active_at{};                       // when the condition began to hold
  Timestamp fired_at{};                        // firing only
  std::optional<Timestamp> keep_firing_since;  // condition gone, still held firing
  double value = 0;                            // at the last breach; a resolve keeps it

  friend bool operator==(const AlertState&, const AlertState&) = default;
};

struct AlertTimes {
  Duration hold{0};  // `for`
  Duration keep_firing_for{0};
};

enum class AlertEvent { pending, fired, dropped, kept, resolved };
std::string_view to_string(AlertEvent event);

struct AlertStep {
  AlertState state;
  std::vector<AlertEvent> events;
};

// `value` is read for breach only.
AlertStep step(const AlertState& state, Evidence evidence, double value, Timestamp now,
               const AlertTimes& times);

}  // namespace sluice::rules
