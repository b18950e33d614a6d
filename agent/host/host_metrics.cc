#include "agent/host/host_metrics.h"

#include <condition_variable>

#include "agent/host/remote_write_encode.h"

namespace sluice::agent {
namespace {

HostRoots roots_of(const HostMetricsOptions& o) {
  return {o.proc, o.sys, o.root, o.system_bus, o.textfiles, o.max_cgroups};
}

LabelSet common_labels(const HostMetricsOptions& o, const std::string& host) {
  return {{"job", o.job}, {"instance", o.instance.empty() ? host : o.instance}};
}

bool of_containers(const Family& family) {
  return family.name.starts_with("container_") || family.name.starts_with("machine_");
}

void add_up(Families& families) {
  families.gauge("up", "1: the agent reports.", 1);
}

}  // namespace

HostMetrics::HostMetrics(HostMetricsOptions options, std::string host, Emit emit)
    : options_(std::move(options)),
      common_(common_labels(options_, host)),
      emit_(std::move(emit)),
      collectors_(make_collectors(roots_of(options_))) {}

HostMetrics::~HostMetrics() {
  stop();
}

void HostMetrics::start() {
  thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
}

void HostMetrics::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

Families HostMetrics::collect() {
  const std::lock_guard lock(mutex_);
  return collect_all(collectors_);
}

std::vector<WriteBody> HostMetrics::scrape(TimestampMs now) {
  auto families = collect();
  std::vector<WriteBody> bodies;
  if (!options_.containers_job.empty() && options_.containers_job != options_.job) {
    auto containers = families.take(of_containers);
    add_up(containers);
    auto common = common_;
    common.set("job", options_.containers_job);
    bodies = encode_write(containers, common, unix_ms(now));
  }
  add_up(families);
  for (auto& body : encode_write(families, common_, unix_ms(now)))
    bodies.push_back(std::move(body));
  return bodies;
}

void HostMetrics::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any tick;
  auto next = std::chrono::steady_clock::now();
  while (!stop.stop_requested()) {
    for (auto& body : scrape(to_ms(system_clock().now()))) emit_(std::move(body));
    next += options_.interval;
    const auto now = std::chrono::steady_clock::now();
    if (next < now) next = now + options_.interval;  // a suspended machine does not catch up
    std::unique_lock lock(mutex);
    tick.wait_until(lock, stop, next, [] { return false; });
  }
}

}  // namespace sluice::agent
