#include "daemon/release/config_policy.h"

#include <algorithm>

#include "daemon/release/gate_record.h"
#include "query/ast/regex.h"

namespace sluice::release {
namespace {

// A number within [min, max], or a reported problem.
double number_in(YamlNode& node, std::string_view key, double fallback, double min, double max) {
  const double value = node.number(key, fallback);
  if (value >= min && value <= max) return value;
  char text[80];
  std::snprintf(text, sizeof text, "must be from %g to %g", min, max);
  node.error_at(key, text);
  return fallback;
}

rules::ErrorRatePolicy read_error_rate(YamlNode node, rules::ErrorRatePolicy p) {
  p.enabled = node.boolean("enabled", p.enabled);
  p.max_ratio = number_in(node, "max_ratio", p.max_ratio, 1, 1000);
  p.unacceptable_ratio = number_in(node, "unacceptable_ratio", p.unacceptable_ratio, 1, 1000);
  if (p.unacceptable_ratio <= p.max_ratio) {
    node.error_at("unacceptable_ratio", "must be more than max_ratio");
  }
  p.min_difference = number_in(node, "min_difference", p.min_difference, 0, 1);
  if (node.has("max_rate")) p.max_rate = number_in(node, "max_rate", 1, 0, 1);
  p.alpha = number_in(node, "alpha", p.alpha, 1e-9, 0.5);
  p.beta = number_in(node, "beta", p.beta, 1e-9, 0.5);
  p.min_samples = number_in(node, "min_samples", p.min_samples, 1, 1e9);
  p.min_errors = number_in(node, "min_errors", p.min_errors, 1, 1e9);
  p.dispersion = number_in(node, "dispersion", p.dispersion, 1, 1000);
  return p;
}

rules::NoveltyPolicy read_novelty(YamlNode node, rules::NoveltyPolicy p) {
  p.enabled = node.boolean("enabled", p.enabled);
  p.min_count = static_cast<std::uint64_t>(
      node.integer("min_count", static_cast<std::int64_t>(p.min_count), 1, 1'000'000));
  p.min_share = number_in(node, "min_share", p.min_share, 0, 1);
  p.max_new = static_cast<std::uint64_t>(
      node.integer("max_new", static_cast<std::int64_t>(p.max_new), 0, 1'000'000));
  p.min_samples = number_in(node, "min_samples", p.min_samples, 1, 1e9);
  p.lookback = node.duration("lookback", p.lookback);
  p.ignore = node.strings("ignore");
  for (const auto& pattern : p.ignore) {
    const auto regex = query::Regex::compile(pattern, query::Anchor::none);
    if (!regex) node.error_at("ignore", regex.error().message);
  }
  return p;
}

void read_timing(YamlNode& node, rules::GatePolicy& p) {
  p.window = node.duration("window", p.window);
  p.interval = node.duration("interval", std::min(p.interval, p.window));
  p.timeout = node.duration("timeout", std::max(p.timeout, p.window));
  p.stale_after = node.duration("stale_after", p.stale_after);
  p.baseline_window = node.duration("baseline_window", p.baseline_window);
  if (p.window <= Duration{0}) node.error_at("window", "must be more than 0");
  if (p.interval < Duration(std::chrono::seconds(1)) || p.interval > p.window) {
    node.error_at("interval", "must be at least 1s and not exceed the window");
  }
  if (p.timeout < p.window) node.error_at("timeout", "must not be below the window");
  if (p.baseline_window <= Duration{0}) node.error_at("baseline_window", "must be more than 0");
}

void read_outcomes(YamlNode& node, rules::GatePolicy& p) {
  const std::string on_fail = node.string("on_fail", p.rollback_on_fail ? "rollback" : "none");
  if (on_fail != "rollback" && on_fail != "none") {
    node.error_at("on_fail", "expected rollback or none");
  }
  p.rollback_on_fail = on_fail == "rollback";
  const auto value = on_inconclusive(node.string("on_inconclusive", to_string(p.on_inconclusive)));
  if (!value) node.error_at("on_inconclusive", "expected hold, pass or fail");
  p.on_inconclusive = value.value_or(p.on_inconclusive);
}

}  // namespace

rules::GatePolicy read_policy(YamlNode& node, const std::string& name) {
  rules::GatePolicy policy;
  policy.name = name;
  read_timing(node, policy);
  read_outcomes(node, policy);
  YamlNode checks = node.section("checks");
  policy.error_rate = read_error_rate(checks.section("error_rate"), policy.error_rate);
  policy.novelty = read_novelty(checks.section("new_patterns"), policy.novelty);
  if (!policy.error_rate.enabled && !policy.novelty.enabled) {
    node.error("a policy without checks would learn nothing");
  }
  return policy;
}

}  // namespace sluice::release
