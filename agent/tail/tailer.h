// Tailer: the loop that ties discovery, reading, outcomes and the checkpoint together.
//
//   step:  outcomes -> changed paths -> sweep when due -> checkpoint when due -> dispatch
//
// One thread owns it (run, or a test calling step with its own clock); on_outcome and set_groups
// may come from any thread. A new source is written to the checkpoint before its first batch is
// dispatched, so that no crash can give the same bytes two identities.
#pragma once

#include <memory>
#include <mutex>
#include <stop_token>
#include <utility>
#include <vector>

#include "agent/tail/checkpoint_store.h"
#include "agent/tail/dispatcher.h"
#include "agent/tail/wakeup.h"
#include "agent/tail/watcher.h"

namespace sluice::agent {

class Tailer {
 public:
  Tailer(DispatchOptions options, CheckpointStore store, Checkpoint checkpoint,
         std::shared_ptr<const GroupSet> groups, Quarantine& quarantine, AgentMetrics& metrics,
         Dispatcher::Submit submit);

  void step(Moment now, Urgency urgency);
  // How long step can wait if nobody wakes it.
  Duration idle_time(Moment now, Urgency urgency) const;
  bool drained(Moment now, Urgency urgency) const;
  bool save(Moment now);  // the checkpoint; false: logged and counted

  void on_outcome(Batch batch, Outcome outcome);
  void set_groups(std::shared_ptr<const GroupSet> groups);

  // Steps until `stop`; then flushes for at most `drain` and saves. With `once` it ends by itself
  // when everything is acknowledged.
  void run(const std::stop_token& stop, bool once, Duration drain);

  const SourceTable& sources() const { return table_; }
  SourceTable& sources() { return table_; }

 private:
  void take_inbox(Moment now);
  void take_events(Moment now);
  void sweep_if_due(Moment now);
  void save_if_due(Moment now);
  void housekeeping(Moment now);
  void close_idle_files(Moment now);
  void sleep(Moment now, Urgency urgency);

  DispatchOptions options_;
  AgentMetrics& metrics_;
  CheckpointStore store_;
  std::uint64_t sequence_;
  SourceTable table_;
  Reconciler reconciler_;
  Dispatcher dispatcher_;
  Watcher watcher_;
  Wakeup wakeup_;

  Duration next_sweep_{0};
  Duration next_save_{0};
  Duration next_housekeeping_{0};
  bool dirty_ = true;
  bool save_failed_ = false;

  std::mutex mutex_;
  std::vector<std::pair<Batch, Outcome>> inbox_;  // guarded by mutex_
  std::shared_ptr<const GroupSet> new_groups_;    // guarded by mutex_
};

// Both of the machine's clocks.
Moment present_moment();

}  // namespace sluice::agent
