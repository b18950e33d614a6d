// GateManager: creates gates, evaluates them on their interval, rolls back, verifies, remembers.
//
// Each change of a gate is one step (with the hook's outbox row where there is one), committed
// before anybody can see it. After kill -9 every running gate goes on: evidence is recomputed from
// stored lines, a requested rollback is in the outbox, its end is in a receipt. start() runs
// workers; tests call run_due(). All members are safe from any thread.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/telemetry/metrics.h"
#include "daemon/alerting/outbox.h"
#include "daemon/release/deployments.h"
#include "daemon/release/gate_data.h"
#include "daemon/release/gate_life.h"

namespace sluice::release {

struct GateRequest {
  std::string service;
  std::string env = "default";
  std::string version;
  std::string baseline = "previous";
  std::string policy = "default";
  std::optional<Duration> window, interval, timeout;
  std::optional<bool> rollback_on_fail;
  std::optional<rules::OnInconclusive> on_inconclusive;
  std::optional<Timestamp> started_at;
  std::string key;
};

struct GateFilter {
  std::string service, env, version, state;  // "": any
  std::size_t limit = 50;
};

class GateManager {
 public:
  struct Parts {
    alerting::Outbox& outbox;
    storage::Store& store;
    Deployments& deployments;
    GateData data;
    Clock& clock;
    Metrics& metrics;
  };

  GateManager(ReleaseOptions options, Parts parts);
  ~GateManager();
  Result<void> load();
  void start();
  void stop();  // waits for steps in progress
  // Steps every gate that is due, on this thread; returns how many were.
  std::size_t run_due();
  // New policies, services and hooks; running gates keep their timing.
  void reload(ReleaseOptions options);

  struct Created {
    GateRecord gate;
    bool created = false;
  };
  // Errors: invalid_argument; conflict (same key, other contents); limit_exceeded.
  Result<Created> create(const GateRequest& request);
  Result<GateRecord> get(const std::string& id) const;
  std::vector<GateRecord> list(const GateFilter& filter) const;  // newest first
  // Blocks until `enough` holds for the gate, the time is over or `cancel` stops, and returns the
  // gate as it then is. At most max_waiters callers wait; more get their answer at once.
  Result<GateRecord> wait(const std::string& id, std::chrono::milliseconds longest,
                          const std::function<bool(const GateRecord&)>& enough,
                          std::stop_token cancel);

  // The hook of an outbox row, if it is still configured.
  std::optional<HookOptions> hook(const std::string& name) const;
  ReleaseOptions options() const;

  static constexpr std::size_t max_waiters = 8;
  static constexpr std::chrono::milliseconds max_wait{60'000};

 private:
  Result<GateRecord> new_gate(const GateRequest& request) const;
  const GateRecord* same_gate(const GateRecord& wanted) const;
  std::optional<GateRecord> take_due();
  void step(GateRecord gate);
  GateRecord evaluate(const GateRecord& gate, Timestamp now) const;
  GateRecord await_hook(const GateRecord& gate, Timestamp now) const;
  GateRecord verify(const GateRecord& gate, Timestamp now) const;
  RollbackPlan plan_rollback(const GateRecord& gate) const;
  Result<void> publish(const GateRecord& before, GateRecord after);
  void count_verdict(const GateRecord& gate);
  void work(const std::stop_token& stop);

  Parts parts_;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  ReleaseOptions options_;                   // protected by mutex_, like all below
  std::map<std::string, GateRecord> gates_;  // by id
  std::map<std::string, Timestamp> next_;    // of gates that are not done
  std::set<std::string> stepping_;           // ids in the hands of a worker
  std::size_t waiters_ = 0;
  std::vector<std::jthread> workers_;
};

}  // namespace sluice::release
