// TailFixture: a tailer over real files in a temporary directory, a model server, and a clock that
// the test owns. Verbs: write, append, rename, copy, truncate, remove; step, settle, restart, kill.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/tail/tailer.h"
#include "tests/agent/model_server.h"
#include "tests/support/temp_dir.h"

namespace sluice::agent::test {

class TailFixture {
 public:
  explicit TailFixture(std::string glob = "*.log") {
    logs.make_dir("state");
    logs.make_dir("logs");
    group.paths = {logs / ("logs/" + glob)};
    tail.rotate_wait = std::chrono::seconds(5);
    start();
  }

  // Files, by name below logs/.
  void write(const std::string& name, std::string_view text) { logs.write("logs/" + name, text); }
  void append(const std::string& name, std::string_view text) { logs.append("logs/" + name, text); }
  void rename(const std::string& from, const std::string& to) {
    logs.rename("logs/" + from, "logs/" + to);
  }
  void copy(const std::string& from, const std::string& to) {
    logs.copy("logs/" + from, "logs/" + to);
  }
  void truncate(const std::string& name) { logs.write("logs/" + name, ""); }
  void remove(const std::string& name) { logs.remove("logs/" + name); }

  // The agent's life.
  void start() {
    auto store = CheckpointStore::open(logs / "state");
    REQUIRE(store.has_value());
    auto loaded = store->load();
    REQUIRE(loaded.has_value());
    found_checkpoint = loaded->found;
    if (loaded->checkpoint.agent.value.empty()) loaded->checkpoint.agent = AgentId{"test"};
    metrics = std::make_unique<Metrics>();
    agent_metrics = std::make_unique<AgentMetrics>(*metrics);
    quarantine = std::make_unique<Quarantine>(logs / "state", 1 << 20, *agent_metrics);
    DispatchOptions options{AgentId{"test"}, tail, max_in_flight, std::chrono::milliseconds(500),
                            std::chrono::seconds(30)};
    tailer = std::make_unique<Tailer>(options, std::move(*store), std::move(loaded->checkpoint),
                                      groups(), *quarantine, *agent_metrics,
                                      [this](Batch b) { sent.push_back(std::move(b)); });
  }
  // kill -9: nothing is saved, batches under way are forgotten.
  void kill() {
    tailer.reset();
    sent.clear();
  }
  void stop() {
    tailer->save(now);
    kill();
  }
  void restart() {
    stop();
    start();
  }
  std::shared_ptr<const GroupSet> groups() const {
    return std::make_shared<const GroupSet>(std::vector{group}, LabelSet{}, "host");
  }

  // One turn of the loop; time moves first.
  void step(Duration by = std::chrono::seconds(1), Urgency urgency = Urgency::normal) {
    now.mono += by;
    now.wall += by;
    tailer->step(now, urgency);
  }
  void deliver() {
    auto batches = std::move(sent);
    sent.clear();
    for (auto& batch : batches) {
      auto outcome = server.push(batch);
      tailer->on_outcome(std::move(batch), std::move(outcome));
    }
  }
  // Until nothing is left to do for twenty seconds of the test's time.
  void settle() {
    for (int i = 0; i < 20; ++i) {
      step();
      while (!sent.empty()) {
        deliver();
        step(Duration{0});
      }
    }
  }
  void settle_once() {
    for (int i = 0; i < 1000; ++i) {
      step(std::chrono::seconds(1), Urgency::once);
      deliver();
      step(Duration{0}, Urgency::once);
      if (tailer->drained(now, Urgency::once)) return;
    }
    FAIL("not drained");
  }

  TempDir logs;
  FileGroup group;
  TailOptions tail;
  std::size_t max_in_flight = 4;
  ModelServer server;
  bool found_checkpoint = false;
  std::vector<Batch> sent;
  Moment now{system_clock().now(), std::chrono::hours(1)};
  std::unique_ptr<Metrics> metrics;
  std::unique_ptr<AgentMetrics> agent_metrics;
  std::unique_ptr<Quarantine> quarantine;
  std::unique_ptr<Tailer> tailer;
};

}  // namespace sluice::agent::test
