// ScrapeShipper: the agent's scraper with a remote writer of its own, so that scraped samples wait
// in a queue bounded by bytes and the host's metrics do not wait behind them.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "agent/config/options.h"
#include "agent/ship/remote_writer.h"
#include "base/scrape/scraper.h"

namespace sluice {
class IoRuntime;
}

namespace sluice::agent {

class ScrapeShipper {
 public:
  ScrapeShipper(const AgentOptions& options, Target target, IoRuntime& runtime, HttpSend send,
                Metrics& metrics, AgentMetrics& agent_metrics);

  // The first configuration or the next one. On an Error nothing changed.
  Result<void> apply(const scrape::ScrapeConfig& config);
  void start() { scraper_.start(); }
  // Scraping ends at once; what waits to be sent is dropped.
  void stop();
  void set_target(Target target) { writer_.set_target(std::move(target)); }
  scrape::ScrapeStatus status() const { return scraper_.status(); }

 private:
  Result<void> ship(const scrape::ScrapeWrite& write);

  RemoteWriter writer_;
  std::mutex mutex_;
  std::shared_ptr<const LabelSet> external_;  // guarded by mutex_
  scrape::Scraper scraper_;                   // last: it uses the others
};

}  // namespace sluice::agent
