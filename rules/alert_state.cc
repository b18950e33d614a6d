#include "rules/alert_state.h"

namespace sluice::rules {
namespace {

AlertStep unchanged(const AlertState& state) {
  return {state, {}};
}

// Pending matures in the same step that finds it old enough, so `for: 0s` fires at once.
void mature(AlertStep& step, Timestamp now, const AlertTimes& times) {
  if (now - step.state.active_at < times.hold) return;
  step.state.phase = AlertPhase::firing;
  step.state.fired_at = now;
  step.events.push_back(AlertEvent::fired);
}

AlertStep on_breach(AlertState state, double value, Timestamp now, const AlertTimes& times) {
  AlertStep out{state, {}};
  out.state.value = value;
  out.state.keep_firing_since.reset();
  if (state.phase == AlertPhase::firing) return out;
  if (state.phase == AlertPhase::inactive) {
    out.state.phase = AlertPhase::pending;
    out.state.active_at = now;
    out.events.push_back(AlertEvent::pending);
  }
  mature(out, now, times);
  return out;
}

AlertStep end(AlertState state, AlertEvent event) {
  state.phase = AlertPhase::inactive;
  state.keep_firing_since.reset();
  return {state, {event}};
}

AlertStep on_ok(AlertState state, Timestamp now, const AlertTimes& times) {
  if (state.phase == AlertPhase::inactive) return unchanged(state);
  if (state.phase == AlertPhase::pending) return end(state, AlertEvent::dropped);
  if (times.keep_firing_for <= Duration{0}) return end(state, AlertEvent::resolved);
  if (!state.keep_firing_since) {
    state.keep_firing_since = now;
    return {state, {AlertEvent::kept}};
  }
  if (now - *state.keep_firing_since < times.keep_firing_for) return unchanged(state);
  return end(state, AlertEvent::resolved);
}

}  // namespace

AlertStep step(const AlertState& state, Evidence evidence, double value, Timestamp now,
               const AlertTimes& times) {
  switch (evidence) {
    case Evidence::breach: return on_breach(state, value, now, times);
    case Evidence::ok: return on_ok(state, now, times);
    case Evidence::no_data:
    case Evidence::stale:
    case Evidence::error: break;
  }
  return unchanged(state);
}

std::string_view to_string(Evidence evidence) {
  switch (evidence) {
    case Evidence::ok: return "ok";
    case Evidence::breach: return "breach";
    case Evidence::no_data: return "no_data";
    case Evidence::stale: return "stale";
    case Evidence::error: break;
  }
  return "error";
}

std::string_view to_string(AlertPhase phase) {
  switch (phase) {
    case AlertPhase::inactive: return "inactive";
    case AlertPhase::pending: return "pending";
    case AlertPhase::firing: break;
  }
  return "firing";
}

std::optional<AlertPhase> alert_phase(std::string_view text) {
  for (auto phase : {AlertPhase::inactive, AlertPhase::pending, AlertPhase::firing}) {
    if (to_string(phase) == text) return phase;
  }
  return std::nullopt;
}

std::string_view to_string(AlertEvent event) {
  switch (event) {
    case AlertEvent::pending: return "pending";
    case AlertEvent::fired: return "fired";
    case AlertEvent::dropped: return "dropped";
    case AlertEvent::kept: return "kept";
    case AlertEvent::resolved: break;
  }
  return "resolved";
}

}  // namespace sluice::rules
