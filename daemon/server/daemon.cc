#include "daemon/server/daemon.h"

#include <atomic>
#include <mutex>

#include "base/http/router.h"
#include "base/scrape/scraper.h"
#include "base/telemetry/log.h"
#include "base/telemetry/metrics.h"
#include "daemon/alerting/engine_query.h"
#include "daemon/alerting/notify_delivery.h"
#include "daemon/alerting/outbox.h"
#include "daemon/alerting/routes.h"
#include "daemon/alerting/rule_manager.h"
#include "daemon/api/admin/routes.h"
#include "daemon/api/loki/routes.h"
#include "daemon/api/process/routes.h"
#include "daemon/api/prometheus/routes.h"
#include "daemon/api/prometheus/targets.h"
#include "daemon/api/ui/ui_routes.h"
#include "daemon/ingest/push_handlers.h"
#include "daemon/ingest/scrape_sink.h"
#include "daemon/release/deployments.h"
#include "daemon/release/gate_data.h"
#include "daemon/release/gate_manager.h"
#include "daemon/release/hook_delivery.h"
#include "daemon/release/routes.h"
#include "daemon/server/config.h"
#include "daemon/server/process_metrics.h"
#include "daemon/server/settings.h"
#include "daemon/server/ticker.h"
#include "daemon/server/version.h"
#include "query/engine/engine.h"
#include "query/timed_source.h"
#include "rules/language.h"

namespace sluice::server {

namespace {

// Seals, retention and the look at free space need no finer clock than this.
constexpr std::chrono::milliseconds tick_interval{1'000};

// The longest period of all rules: within it a rule may keep what is pushed.
std::chrono::hours longest_retention(const storage::StoreOptions& options) {
  std::chrono::hours longest = options.retention;
  for (const auto& rule : options.retention_rules) {
    if (longest.count() == 0 || rule.period.count() == 0) return std::chrono::hours(0);
    longest = std::max(longest, rule.period);
  }
  return longest;
}

// What a series may be like is the same by whatever way it comes.
scrape::Bounds scrape_bounds(const Limits& limits) {
  scrape::Bounds bounds;
  bounds.labels_per_series = limits.labels_per_series;
  bounds.label_name_bytes = limits.label_name_bytes;
  bounds.label_value_bytes = limits.label_value_bytes;
  bounds.oldest = limits.oldest;
  bounds.future = limits.future;
  bounds.type_and_unit_labels = limits.type_and_unit_labels;
  return bounds;
}

class RunningDaemon : public Daemon {
 public:
  RunningDaemon(DaemonOptions options, Clock& clock, std::function<Result<DaemonOptions>()> reload)
      : options_(std::move(options)),
        latest_(options_),
        clock_(clock),
        reload_options_(std::move(reload)) {}
  ~RunningDaemon() override { RunningDaemon::stop(); }

  Result<void> start();
  std::uint16_t port() const override { return server_->port(); }
  Result<void> reload() override;
  void stop() override;

 private:
  void share_query_memory();
  void share_query_threads();
  storage::StoreOptions store_options() const;
  Result<void> open_store();
  Result<void> start_alerting();
  Result<void> start_releases();
  Result<void> start_scraping();
  void add_routes();
  Result<void> start_server();
  Result<void> apply(const DaemonOptions& next);
  PerTenant<query::QueryLimits> query_limits() const;
  api::LokiOptions loki_options() const;
  api::PrometheusOptions prometheus_options();

  DaemonOptions options_;
  DaemonOptions latest_;  // protected by reload_mutex_; what the last reload took
  Clock& clock_;
  const std::function<Result<DaemonOptions>()> reload_options_;
  std::mutex reload_mutex_;
  std::atomic<bool> ready_{false};

  // In the order they are started; stop() goes the other way.
  Metrics metrics_;
  std::unique_ptr<IoRuntime> runtime_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<query::TimedLogSource> timed_logs_;
  std::unique_ptr<query::Engine> engine_;
  std::unique_ptr<alerting::Outbox> outbox_;
  std::unique_ptr<alerting::RuleManager> rules_;
  std::unique_ptr<release::Deployments> deployments_;
  std::unique_ptr<release::GateManager> gates_;
  std::unique_ptr<scrape::Scraper> scraper_;
  http::Router router_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<Ticker> ticker_;
};

Result<void> RunningDaemon::start() {
  add_process_metrics(metrics_);
  share_query_memory();
  // What retention would drop at once is refused at the door, with a reason.
  options_.ingest.oldest = longest_retention(options_.storage);
  for (auto& [tenant, own] : options_.tenants) own.ingest.oldest = options_.ingest.oldest;
  runtime_ = std::make_unique<IoRuntime>(options_.runtime);
  share_query_threads();
  SLUICE_CHECK(open_store());
  SLUICE_CHECK(start_alerting());
  SLUICE_CHECK(start_releases());
  SLUICE_CHECK(start_scraping());
  add_routes();
  SLUICE_CHECK(start_server());
  outbox_->start();
  rules_->start();
  gates_->start();
  scraper_->start();
  ready_ = true;
  log_info("ready", {{"version", build_version()}, {"storage", options_.storage.path}});
  return {};
}

void RunningDaemon::share_query_memory() {
  const auto memory = std::make_shared<query::QueryMemory>(options_.query_memory_bytes);
  options_.query.together = memory;
  for (auto& [tenant, own] : options_.tenants) own.query.together = memory;
  auto held = metrics_.gauge("sluice_query_memory_bytes", "What running queries hold in memory.");
  metrics_.on_collect([memory, held]() mutable { held.set(static_cast<double>(memory->held())); });
}

// Those that are idle help with queries of the APIs; rules and gates do without.
void RunningDaemon::share_query_threads() {
  const auto share = [this](query::QueryLimits& limits) {
    limits.helpers = &runtime_->query_pool();
    limits.max_workers = options_.runtime.query_threads;
  };
  share(options_.query);
  for (auto& [tenant, own] : options_.tenants) share(own.query);
}

// The store asks for every push and write how many streams and series there may be.
storage::StoreOptions RunningDaemon::store_options() const {
  storage::StoreOptions options = options_.storage;
  options.active_streams = options_.ingest.active_streams;
  options.active_series = options_.ingest.active_series;
  for (const auto& [tenant, own] : options_.tenants) {
    options.active_streams.set(tenant, own.ingest.active_streams);
    options.active_series.set(tenant, own.ingest.active_series);
  }
  return options;
}

Result<void> RunningDaemon::open_store() {
  SLUICE_TRY(store_, storage::Store::open(store_options(), clock_, metrics_));
  ticker_ = std::make_unique<Ticker>(tick_interval, [this] { store_->tick(); });
  api::add_space_metrics(metrics_, store_->operations());
  timed_logs_ = std::make_unique<query::TimedLogSource>(store_->logs());
  query::EngineOptions engine_options;
  engine_options.threads = options_.runtime.query_threads;
  engine_options.delayed_name_removal = options_.delayed_name_removal;
  engine_options.type_labels = options_.ingest.type_and_unit_labels;
  engine_ = std::make_unique<query::Engine>(*timed_logs_, store_->samples(), engine_options);
  return {};
}

Result<void> RunningDaemon::start_alerting() {
  outbox_ = std::make_unique<alerting::Outbox>(options_.alerting.outbox, *store_, clock_, metrics_);
  SLUICE_CHECK(outbox_->load());
  rules_ = std::make_unique<alerting::RuleManager>(
      options_.alerting,
      alerting::RuleManager::Parts{*store_, *outbox_,
                                   alerting::engine_query(*engine_, options_.alerting.tenant),
                                   rules::classify_query, clock_, metrics_});
  outbox_->handle("notify", alerting::deliver_notifications(*rules_));
  return rules_->load();
}

Result<void> RunningDaemon::start_releases() {
  deployments_ =
      std::make_unique<release::Deployments>(*store_, clock_, options_.release.max_deployments);
  SLUICE_CHECK(deployments_->load());
  auto data = release::engine_gate_data(*engine_, *store_, options_.release.tenant);
  gates_ = std::make_unique<release::GateManager>(
      options_.release, release::GateManager::Parts{*outbox_, *store_, *deployments_,
                                                    std::move(data), clock_, metrics_});
  outbox_->handle("hook", release::deliver_hooks(*gates_));
  return gates_->load();
}

Result<void> RunningDaemon::start_scraping() {
  const TenantId tenant{options_.scrape_tenant};
  if (!valid_tenant(tenant)) return invalid_argument("scrape.tenant is not a valid tenant");
  const auto make_fetcher = [this](const scrape::JobConfig& job) {
    return scrape::make_http_fetcher(*runtime_, job, scrape_bounds(options_.ingest),
                                     "Sluice/" + std::string(build_version()));
  };
  scraper_ = std::make_unique<scrape::Scraper>(
      scrape::ScraperOptions{options_.scrape_threads, scrape_bounds(options_.ingest)},
      scrape::Scraper::Parts{clock_, metrics_, make_fetcher,
                             ingest::scrape_sink(*store_, tenant, metrics_)});
  return scraper_->apply(options_.scrape);
}

void RunningDaemon::add_routes() {
  api::add_process_routes(
      router_, metrics_,
      {.ready = [this] { return ready_.load(); }, .reload = [this] { return reload(); }});
  ingest::add_routes(router_, *store_, clock_, metrics_, options_.ingest,
                     [this](const TenantId& tenant) -> const Limits& {
                       const auto own = options_.tenants.find(tenant);
                       return own == options_.tenants.end() ? options_.ingest : own->second.ingest;
                     });
  api::add_loki_routes(router_, *engine_, *store_, clock_, metrics_, loki_options());
  api::add_loki_delete_routes(router_, store_->operations(), clock_);
  api::add_admin_routes(router_, store_->operations(), clock_, {options_.backup_path});
  api::add_prometheus_routes(router_, *engine_, store_->samples(), clock_, prometheus_options());
  api::add_target_routes(
      router_, [this] { return scraper_->status(); }, TenantId{options_.scrape_tenant});
  alerting::add_alerting_routes(router_, *rules_);
  release::add_deployment_routes(router_, *deployments_);
  release::add_gate_routes(router_, *gates_);
  api::add_ui_routes(router_);
}

PerTenant<query::QueryLimits> RunningDaemon::query_limits() const {
  // What ingest has found need not be looked for again.
  const auto of = [](query::QueryLimits query, const Limits& ingest) {
    query.detect_levels = !ingest.discover_log_levels;
    return query;
  };
  PerTenant<query::QueryLimits> limits(of(options_.query, options_.ingest));
  for (const auto& [tenant, own] : options_.tenants) limits.set(tenant, of(own.query, own.ingest));
  return limits;
}

api::LokiOptions RunningDaemon::loki_options() const {
  PerTenant<std::size_t> tails(options_.ingest.tails);
  for (const auto& [tenant, own] : options_.tenants) tails.set(tenant, own.ingest.tails);
  return {.limits = query_limits(),
          .max_tails = std::move(tails),
          .version = std::string(build_version()),
          .retention = options_.storage.retention,
          .truncates_lines = options_.ingest.long_lines == LongLinePolicy::truncate};
}

api::PrometheusOptions RunningDaemon::prometheus_options() {
  api::PrometheusOptions options;
  options.limits = query_limits();
  options.version = std::string(build_version());
  options.retention = options_.storage.retention;
  options.exemplars = &store_->exemplars();
  options.settings = [this] {
    const std::lock_guard lock(reload_mutex_);
    return show_settings(options_, latest_);
  };
  options.delete_series = [this](const TenantId& tenant, auto selectors, std::int64_t start_ms,
                                 std::int64_t end_ms) {
    return store_->operations().delete_series(tenant, std::move(selectors), start_ms, end_ms);
  };
  return options;
}

Result<void> RunningDaemon::start_server() {
  server_ = http::make_server(*runtime_, router_, metrics_, options_.http);
  SLUICE_CHECK(server_->start());
  log_info("listening", {{"addr", options_.http.listen},
                         {"port", server_->port()},
                         {"tls", !options_.http.tls.cert_file.empty()}});
  return {};
}

Result<void> RunningDaemon::reload() {
  const std::lock_guard lock(reload_mutex_);
  auto ok = metrics_.gauge("sluice_config_last_reload_successful",
                           "1 if the last reload of the configuration was taken, else 0");
  auto next = reload_options_();
  if (!next) {
    ok.set(0);
    return std::move(next).error().within("configuration not reloaded");
  }
  auto done = apply(*next);
  ok.set(done ? 1 : 0);
  if (done) log_info("configuration reloaded");
  return done;
}

// What may refuse comes first: two parts are only prepared until the rules, whose reload is a step
// in the store, are in. After that nothing fails, so a reload is all or nothing.
Result<void> RunningDaemon::apply(const DaemonOptions& next) {
  SLUICE_TRY(const auto swap_security, server_->prepare_reload(next.http.auth, next.http.tls));
  SLUICE_TRY(const auto swap_targets, scraper_->prepare(next.scrape));
  SLUICE_CHECK(rules_->reload(next.alerting));
  swap_security();
  swap_targets();
  gates_->reload(next.release);
  latest_ = next;
  configure_logging(next.log_level, next.log_format);
  for (const auto& name : needs_restart(options_, next))
    log_warn("changed setting needs a restart to take effect", {{"key", name}});
  return {};
}

void RunningDaemon::stop() {
  if (ready_.exchange(false)) log_info("stopping");
  if (server_) server_->drain(options_.drain_timeout);
  if (gates_) gates_->stop();
  if (rules_) rules_->stop();
  if (outbox_) outbox_->stop();
  if (scraper_) scraper_->stop();
  ticker_.reset();
  server_.reset();   // waits for handlers, and needs the runtime for it
  scraper_.reset();  // so do its clients for their connections
  if (runtime_) runtime_->stop();
  // The handlers hold what listens to the store, so they go before it.
  router_ = http::Router();
  gates_.reset();
  deployments_.reset();
  rules_.reset();
  outbox_.reset();
  engine_.reset();
  store_.reset();
  runtime_.reset();
}

}  // namespace

Result<std::unique_ptr<Daemon>> Daemon::start(
    DaemonOptions options, Clock& clock, std::function<Result<DaemonOptions>()> reload_options) {
  auto daemon =
      std::make_unique<RunningDaemon>(std::move(options), clock, std::move(reload_options));
  SLUICE_CHECK(daemon->start());
  return std::unique_ptr<Daemon>(std::move(daemon));
}

}  // namespace sluice::server
