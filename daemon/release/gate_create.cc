// How a gate begins: checks of the request, idempotency, the first commit.
#include <algorithm>

#include "daemon/alerting/hash_text.h"
#include "daemon/release/gate_manager.h"
#include "daemon/release/names.h"

namespace sluice::release {
namespace {

using storage::Keyspace;

constexpr Duration max_past = std::chrono::hours(24);
constexpr Duration min_interval = std::chrono::seconds(1);
constexpr Duration max_timeout = std::chrono::hours(24 * 7);

Result<void> check_names(const GateRequest& r) {
  SLUICE_CHECK(check_name("service", r.service));
  SLUICE_CHECK(check_name("env", r.env));
  SLUICE_CHECK(check_name("version", r.version));
  SLUICE_CHECK(check_name("baseline", r.baseline));
  if (!r.key.empty()) SLUICE_CHECK(check_name("key", r.key));
  if (r.baseline == r.version) return invalid_argument("\"baseline\" equals \"version\"");
  return {};
}

Result<void> check_timing(const GateRecord& g, Timestamp now) {
  if (g.window <= Duration{0}) return invalid_argument("\"window\" must be more than 0");
  if (g.interval < min_interval) return invalid_argument("\"interval\" must be at least 1s");
  if (g.interval > g.window) return invalid_argument("\"interval\" must not exceed \"window\"");
  if (g.timeout < g.window) return invalid_argument("\"timeout\" must not be below \"window\"");
  if (g.timeout > max_timeout) return invalid_argument("\"timeout\" must be at most 1w");
  if (g.started_at > now) return invalid_argument("\"started_at\" is in the future");
  if (g.started_at < now - max_past) {
    return invalid_argument("\"started_at\" is more than 24h back");
  }
  return {};
}

bool same_question(const GateRecord& a, const GateRecord& b) {
  return std::tie(a.service, a.env, a.version, a.policy) ==
         std::tie(b.service, b.env, b.version, b.policy);
}

}  // namespace

Result<GateRecord> GateManager::new_gate(const GateRequest& request) const {
  SLUICE_CHECK(check_names(request));
  const ReleaseOptions options = this->options();
  const auto policy = options.policies.find(request.policy);
  if (policy == options.policies.end()) {
    return invalid_argument("there is no policy \"" + request.policy + "\"");
  }
  const Timestamp now = parts_.clock.now();
  GateRecord gate;
  gate.service = request.service;
  gate.env = request.env;
  gate.version = request.version;
  gate.policy = request.policy;
  gate.created_at = now;
  gate.started_at = request.started_at.value_or(now);
  gate.window = request.window.value_or(policy->second.window);
  gate.interval = request.interval.value_or(std::min(policy->second.interval, gate.window));
  gate.timeout = request.timeout.value_or(std::max(policy->second.timeout, gate.window));
  gate.rollback_on_fail = request.rollback_on_fail.value_or(policy->second.rollback_on_fail);
  gate.on_inconclusive = request.on_inconclusive.value_or(policy->second.on_inconclusive);
  gate.baseline = request.baseline;
  if (request.baseline == "previous") {
    const auto before = parts_.deployments.previous(gate.service, gate.env, gate.version);
    if (!before) {
      return invalid_argument("no earlier version of " + gate.service + " in " + gate.env +
                              " is recorded; name one as \"baseline\" or record deployments");
    }
    gate.baseline = before->version;
  }
  SLUICE_CHECK(check_timing(gate, now));
  const bool own_key = !request.key.empty();
  gate.key = own_key ? request.key
                     : gate.service + "/" + gate.env + "/" + gate.version + "/" + gate.policy;
  // A client's key always means the same gate; otherwise a finished gate may be followed by
  // another.
  gate.id = "g-" + alerting::hash_text(
                       {gate.key, own_key ? "key" : std::to_string(unix_ns(gate.created_at))});
  return gate;
}

// Under mutex_: the gate that `wanted` would repeat.
const GateRecord* GateManager::same_gate(const GateRecord& wanted) const {
  const auto it = gates_.find(wanted.id);
  if (it != gates_.end()) return &it->second;
  for (const auto& [id, gate] : gates_) {
    if (gate.key == wanted.key && !gate.done()) return &gate;
  }
  return nullptr;
}

Result<GateManager::Created> GateManager::create(const GateRequest& request) {
  SLUICE_TRY(GateRecord gate, new_gate(request));
  const std::lock_guard lock(mutex_);
  if (const GateRecord* known = same_gate(gate)) {
    if (same_question(*known, gate)) return Created{*known, false};
    return Error{ErrorCode::conflict, "key \"" + gate.key + "\" belongs to gate " + known->id +
                                          " of " + known->service + " " + known->version};
  }
  if (next_.size() >= options_.max_running) {
    return Error{ErrorCode::limit_exceeded,
                 std::to_string(next_.size()) + " gates are running already"};
  }
  storage::Step step;
  step.put(Keyspace::gate, gate.id, encode(gate));
  std::string oldest;
  if (gates_.size() >= options_.max_gates) {
    const GateRecord* found = nullptr;
    for (const auto& [id, other] : gates_) {
      if (other.done() && (found == nullptr || other.created_at < found->created_at))
        found = &other;
    }
    if (found != nullptr) oldest = found->id;
    if (!oldest.empty()) step.remove(Keyspace::gate, oldest);
  }
  // Under mutex_, so that two equal requests make one gate; gates are made a few times an hour.
  SLUICE_CHECK(parts_.store.commit(step));
  gates_.erase(oldest);
  gates_[gate.id] = gate;
  next_[gate.id] = parts_.clock.now() + gate.interval;
  changed_.notify_all();
  return Created{std::move(gate), true};
}

}  // namespace sluice::release
