#include "agent/scrape/scrape_shipper.h"

#include "agent/scrape/scrape_encode.h"

namespace sluice::agent {
namespace {

// What a series may be like is for the server to say; these only keep a broken target from
// filling the memory.
scrape::Bounds agent_bounds(bool type_and_unit_labels = false) {
  scrape::Bounds bounds;
  bounds.body_bytes = 64 << 20;
  bounds.samples = 250'000;
  bounds.labels_per_series = 1'024;
  bounds.label_name_bytes = 64 << 10;
  bounds.label_value_bytes = 64 << 10;
  bounds.oldest = std::chrono::hours(0);
  bounds.type_and_unit_labels = type_and_unit_labels;
  return bounds;
}

}  // namespace

ScrapeShipper::ScrapeShipper(const AgentOptions& options, Target target, IoRuntime& runtime,
                             HttpSend send, Metrics& metrics, AgentMetrics& agent_metrics)
    : writer_(std::move(target), {.bytes = options.scrape_queue_bytes},
              Backoff(options.ship.backoff_min, options.ship.backoff_max), std::move(send),
              agent_metrics),
      external_(std::make_shared<const LabelSet>()),
      scraper_({options.scrape_threads, agent_bounds(options.scrape_type_and_unit_labels)},
               {system_clock(), metrics,
                [&runtime](const scrape::JobConfig& job) {
                  return scrape::make_http_fetcher(runtime, job, agent_bounds(),
                                                   "sluice-agent/" SLUICE_VERSION);
                },
                [this](const scrape::ScrapeWrite& write) { return ship(write); }}) {}

Result<void> ScrapeShipper::apply(const scrape::ScrapeConfig& config) {
  SLUICE_CHECK(scraper_.apply(config));
  const std::lock_guard lock(mutex_);
  external_ = std::make_shared<const LabelSet>(config.external_labels);
  return {};
}

void ScrapeShipper::stop() {
  scraper_.stop();
  writer_.stop();
}

Result<void> ScrapeShipper::ship(const scrape::ScrapeWrite& write) {
  std::unique_lock lock(mutex_);
  const auto external = external_;
  lock.unlock();
  for (auto& body : encode_scrape(write, *external)) writer_.enqueue(std::move(body));
  return {};
}

}  // namespace sluice::agent
