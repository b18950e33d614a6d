// HostMetrics: collects on a schedule and hands the encoded samples on; also on demand, for
// /metrics. Collectors run one at a time, under a mutex.
#pragma once

#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "agent/config/options.h"
#include "agent/host/collector.h"
#include "agent/ship/remote_writer.h"

namespace sluice::agent {

class HostMetrics {
 public:
  using Emit = std::function<void(WriteBody)>;
  HostMetrics(HostMetricsOptions options, std::string host, Emit emit);
  ~HostMetrics();

  void start();  // samples now and then every interval, from its own thread
  void stop();
  Families collect();  // from any thread
  // One scrape, encoded with job and instance, and `up`.
  std::vector<WriteBody> scrape(TimestampMs now);

 private:
  void run(const std::stop_token& stop);

  const HostMetricsOptions options_;
  const LabelSet common_;
  Emit emit_;
  std::mutex mutex_;
  std::vector<Collector> collectors_;  // guarded by mutex_
  std::jthread thread_;
};

}  // namespace sluice::agent
