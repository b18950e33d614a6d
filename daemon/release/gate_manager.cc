// GateManager: the book of gates and its workers. What a step does is in gate_steps.cc, how a gate
// begins in gate_create.cc.
#include "daemon/release/gate_manager.h"

#include <algorithm>

#include "base/telemetry/log.h"
#include "daemon/release/hook_row.h"

namespace sluice::release {

using storage::Keyspace;

GateManager::GateManager(ReleaseOptions options, Parts parts)
    : parts_(std::move(parts)), options_(std::move(options)) {}

GateManager::~GateManager() {
  stop();
}

Result<void> GateManager::load() {
  SLUICE_TRY(const auto documents, parts_.store.scan(Keyspace::gate, ""));
  const std::lock_guard lock(mutex_);
  for (const auto& document : documents) {
    SLUICE_TRY(auto gate, decode_gate(document.key, document.value));
    if (!gate.done()) next_[gate.id] = parts_.clock.now();  // it missed time: look at once
    gates_[document.key] = std::move(gate);
  }
  return {};
}

void GateManager::reload(ReleaseOptions options) {
  const std::lock_guard lock(mutex_);
  options_ = std::move(options);
}

ReleaseOptions GateManager::options() const {
  const std::lock_guard lock(mutex_);
  return options_;
}

std::optional<HookOptions> GateManager::hook(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto it = options_.hooks.find(name);
  if (it == options_.hooks.end()) return std::nullopt;
  return it->second;
}

Result<GateRecord> GateManager::get(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto it = gates_.find(id);
  if (it == gates_.end()) return Error{ErrorCode::not_found, "no gate has the id " + id};
  return it->second;
}

std::vector<GateRecord> GateManager::list(const GateFilter& f) const {
  std::vector<GateRecord> out;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, gate] : gates_) {
      const bool wanted = (f.service.empty() || f.service == gate.service) &&
                          (f.env.empty() || f.env == gate.env) &&
                          (f.version.empty() || f.version == gate.version) &&
                          (f.state.empty() || f.state == (gate.done() ? "done" : "running"));
      if (wanted) out.push_back(gate);
    }
  }
  std::sort(out.begin(), out.end(), [](const GateRecord& a, const GateRecord& b) {
    return std::tie(a.created_at, a.id) > std::tie(b.created_at, b.id);
  });
  if (out.size() > f.limit) out.resize(f.limit);
  return out;
}

Result<GateRecord> GateManager::wait(const std::string& id, std::chrono::milliseconds longest,
                                     const std::function<bool(const GateRecord&)>& enough,
                                     std::stop_token cancel) {
  std::unique_lock lock(mutex_);
  const auto it = gates_.find(id);
  if (it == gates_.end()) return Error{ErrorCode::not_found, "no gate has the id " + id};
  if (waiters_ >= max_waiters || longest.count() <= 0) return it->second;
  ++waiters_;
  std::optional<GateRecord> last = it->second;
  changed_.wait_for(lock, cancel, std::min(longest, max_wait), [&] {
    const auto now = gates_.find(id);
    if (now != gates_.end()) last = now->second;
    return enough(*last);
  });
  --waiters_;
  return *last;
}

std::optional<GateRecord> GateManager::take_due() {
  const Timestamp now = parts_.clock.now();
  const std::lock_guard lock(mutex_);
  // One gate of a service at a time, so that two failing ones do not both roll back.
  const auto busy = [this](const GateRecord& gate) {
    return std::any_of(stepping_.begin(), stepping_.end(), [&](const std::string& id) {
      const GateRecord& other = gates_.at(id);
      return other.service == gate.service && other.env == gate.env;
    });
  };
  for (const auto& [id, due] : next_) {
    if (due > now || busy(gates_.at(id))) continue;
    stepping_.insert(id);
    return gates_.at(id);
  }
  return std::nullopt;
}

std::size_t GateManager::run_due() {
  std::size_t steps = 0;
  while (auto gate = take_due()) {
    step(std::move(*gate));
    ++steps;
  }
  return steps;
}

// One commit, then everybody may see it. The next look is an interval away; while a hook runs or is
// verified the gate looks every second.
Result<void> GateManager::publish(const GateRecord& before, GateRecord after) {
  storage::Step step;
  step.put(Keyspace::gate, after.id, encode(after));
  std::vector<alerting::OutboxRow> rows;
  const bool begins =
      before.phase == GatePhase::evaluating && after.phase == GatePhase::rolling_back;
  if (begins) {
    const auto hook_options = hook(after.rollback.hook);
    rows.push_back(hook_row(after, hook_options.value_or(HookOptions{}), parts_.clock.now()));
  }
  SLUICE_CHECK(parts_.outbox.commit(std::move(step), std::move(rows)));
  if (after.verdict && !before.verdict) count_verdict(after);
  const std::lock_guard lock(mutex_);
  if (after.done()) next_.erase(after.id);
  const std::string id = after.id;
  gates_.insert_or_assign(id, std::move(after));
  changed_.notify_all();
  return {};
}

void GateManager::count_verdict(const GateRecord& gate) {
  parts_.metrics
      .counter("sluice_gate_verdict_total", "Gates decided, by verdict.",
               {{"service", gate.service},
                {"env", gate.env},
                {"policy", gate.policy},
                {"verdict", std::string(rules::to_string(*gate.verdict))}})
      .inc();
  log_info("gate decided", {{"gate", gate.id},
                            {"service", gate.service},
                            {"env", gate.env},
                            {"version", gate.version},
                            {"verdict", rules::to_string(*gate.verdict)},
                            {"reason", gate.reason}});
}

void GateManager::start() {
  for (std::size_t i = 0; i < options().workers; ++i) {
    workers_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }
}

void GateManager::stop() {
  for (auto& worker : workers_) worker.request_stop();
  workers_.clear();
}

void GateManager::work(const std::stop_token& stop) {
  constexpr auto poll = std::chrono::milliseconds(100);
  while (!stop.stop_requested()) {
    run_due();
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, poll, [] { return false; });
  }
}

}  // namespace sluice::release
