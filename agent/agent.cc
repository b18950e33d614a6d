#include "agent/agent.h"

#include <sys/resource.h>

#include <atomic>
#include <thread>

#include "agent/host/host_metrics.h"
#include "agent/http_endpoint.h"
#include "agent/scrape/scrape_shipper.h"
#include "agent/ship/remote_writer.h"
#include "agent/tail/tailer.h"
#include "base/http/client.h"
#include "base/runtime/io_runtime.h"
#include "base/telemetry/log.h"

namespace sluice::agent {
namespace {

constexpr auto drain_time = std::chrono::seconds(5);

// "web-1.example-5f3a90c2": readable, and distinct for machines cloned with their host name.
AgentId new_agent_id(const std::string& host) {
  constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
  std::string id;
  for (const char c : host.substr(0, 55))
    id.push_back(allowed.find(c) == std::string_view::npos ? '-' : c);
  return AgentId{id + "-" + random_source_id().substr(0, 8)};
}

void raise_descriptor_limit() {
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) log_warn("cannot raise the limit of descriptors");
}

AgentId choose_id(const AgentOptions& options, const Checkpoint& checkpoint) {
  if (!options.agent_id.empty()) return AgentId{options.agent_id};
  if (!checkpoint.agent.value.empty()) return checkpoint.agent;
  return new_agent_id(host_name());
}

http::ClientOptions client_options(const AgentOptions& o) {
  http::ClientOptions out;
  out.tls = o.ship.tls;
  out.max_idle_connections = o.ship.max_in_flight + 1;
  out.max_response_bytes = 1 << 20;  // answers to pushes are small
  return out;
}

RuntimeOptions runtime_options() {
  RuntimeOptions out;
  out.io_threads = 1;
  out.commit_threads = 1;
  out.query_threads = 1;
  out.queue_limit = 64;
  return out;
}

std::shared_ptr<const GroupSet> compile_groups(const AgentOptions& o) {
  return std::make_shared<const GroupSet>(o.files, o.labels, host_name());
}

class RunningAgent : public Agent {
 public:
  RunningAgent(AgentOptions options, Target target, CheckpointStore store, LoadedCheckpoint loaded)
      : options_(std::move(options)),
        id_(choose_id(options_, loaded.checkpoint)),
        agent_metrics_(metrics_),
        runtime_(runtime_options()),
        client_(http::make_client(runtime_, client_options(options_))),
        quarantine_(options_.state, options_.ship.quarantine_bytes, agent_metrics_),
        tailer_(dispatch_options(), std::move(store), std::move(loaded.checkpoint),
                compile_groups(options_), quarantine_, agent_metrics_,
                [this](Batch b) { shipper_.submit(std::move(b)); }),
        shipper_(target, options_.ship.max_in_flight, sender(), agent_metrics_,
                 [this](Batch b, Outcome o) { tailer_.on_outcome(std::move(b), std::move(o)); }),
        writer_(target,
                {.bodies = options_.metrics.queue_scrapes, .bytes = options_.metrics.queue_bytes},
                Backoff(options_.ship.backoff_min, options_.ship.backoff_max), sender(),
                agent_metrics_),
        host_(options_.metrics, host_name(),
              [this](WriteBody body) { writer_.enqueue(std::move(body)); }),
        scraping_(options_, target, runtime_, sender(), metrics_, agent_metrics_),
        endpoint_(runtime_, metrics_, host_, options_.metrics.enabled) {
    endpoint_.show_targets(host_name(), [this] { return scraping_.status(); });
    if (!loaded.found && !loaded.complaints.empty()) agent_metrics_.checkpoint_lost.inc();
  }

  ~RunningAgent() override { stop(); }

  Result<void> start(std::function<void()> on_done) override {
    if (!options_.http_listen.empty()) SLUICE_CHECK(endpoint_.start(options_.http_listen));
    raise_descriptor_limit();
    SLUICE_CHECK(scraping_.apply(options_.scrape));
    // The identity must be on disk before anything is sent under it.
    if (!tailer_.save(present_moment()))
      return Error{ErrorCode::io, "cannot write the checkpoint in " + options_.state};
    tail_thread_ = std::jthread([this, on_done = std::move(on_done)](std::stop_token stop) {
      tailer_.run(stop, options_.once, drain_time);
      if (!stop.stop_requested()) on_done();
    });
    if (options_.metrics.enabled) host_.start();
    if (!options_.once) scraping_.start();
    endpoint_.set_ready(true);
    return {};
  }

  Result<void> reload(const AgentOptions& fresh) override {
    SLUICE_TRY(auto target, make_target(fresh.ship));
    SLUICE_CHECK(scraping_.apply(fresh.scrape));
    scraping_.set_target(target);
    tailer_.set_groups(compile_groups(fresh));
    shipper_.set_target(target);
    writer_.set_target(target);
    configure_logging(fresh.log_level, fresh.log_format);
    return {};
  }

  void stop() override {
    if (stopped_.exchange(true)) return;
    endpoint_.set_ready(false);
    host_.stop();
    scraping_.stop();
    tail_thread_.request_stop();
    if (tail_thread_.joinable()) tail_thread_.join();
    shipper_.stop();
    writer_.stop();
    endpoint_.stop();
  }

  std::uint16_t http_port() const override { return endpoint_.port(); }

 private:
  DispatchOptions dispatch_options() const {
    return {id_, options_.tail, options_.ship.max_in_flight, options_.ship.backoff_min,
            options_.ship.backoff_max};
  }
  HttpSend sender() {
    return [this](http::ClientRequest request) { return client_->request(std::move(request)); };
  }

  const AgentOptions options_;
  // Chosen before the checkpoint moves on: arguments of one call have no order.
  const AgentId id_;
  Metrics metrics_;
  AgentMetrics agent_metrics_;
  IoRuntime runtime_;
  std::unique_ptr<http::Client> client_;
  Quarantine quarantine_;
  Tailer tailer_;
  Shipper shipper_;
  RemoteWriter writer_;
  HostMetrics host_;
  ScrapeShipper scraping_;
  HttpEndpoint endpoint_;
  std::jthread tail_thread_;
  std::atomic<bool> stopped_{false};
};

}  // namespace

Result<std::unique_ptr<Agent>> Agent::create(AgentOptions options) {
  SLUICE_TRY(auto target, make_target(options.ship));
  SLUICE_TRY(auto store, CheckpointStore::open(options.state));
  SLUICE_TRY(auto loaded, store.load());
  if (!loaded.complaints.empty())
    log_error(loaded.found ? "a checkpoint was damaged; an older one is used"
                           : "no checkpoint is readable; all files are sent again from the start",
              {{"damage", loaded.complaints}});
  return std::unique_ptr<Agent>(std::make_unique<RunningAgent>(
      std::move(options), std::move(target), std::move(store), std::move(loaded)));
}

}  // namespace sluice::agent
