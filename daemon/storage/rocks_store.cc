#include "daemon/storage/rocks_store.h"

#include <malloc.h>

#include "base/telemetry/log.h"

namespace sluice::storage {

namespace {

// Failures inside are logged and counted where they happen; background work is tried again.
void background(const Result<void>& result) {
  static_cast<void>(result);
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(StoreOptions options, Clock& clock, Metrics& metrics) {
  SLUICE_TRY(auto store, RocksStore::open(std::move(options), clock, metrics));
  return std::unique_ptr<Store>(std::move(store));
}

Result<std::unique_ptr<RocksStore>> RocksStore::open(StoreOptions options, Clock& clock,
                                                     Metrics& metrics, RocksStoreHooks hooks) {
  auto own_metrics = std::make_unique<StorageMetrics>(metrics);
  SLUICE_TRY(auto policy, RetentionPolicy::make(options));
  SLUICE_TRY(auto database, Database::open(options, *own_metrics, hooks.free_bytes, hooks.env));
  std::unique_ptr<RocksStore> store(new RocksStore(
      std::move(options), clock, std::move(own_metrics), std::move(database), std::move(policy)));
  SLUICE_CHECK(store->start(hooks.background));
  return store;
}

RocksStore::RocksStore(StoreOptions options, Clock& clock, std::unique_ptr<StorageMetrics> metrics,
                       std::unique_ptr<Database> database, RetentionPolicy policy)
    : options_(std::move(options)),
      clock_(clock),
      metrics_(std::move(metrics)),
      database_(std::move(database)),
      deletions_(*database_, options_, std::move(policy), clock),
      logs_(*database_, deletions_, options_, clock, *metrics_),
      samples_(
          *database_, options_, clock, *metrics_,
          [this](const TenantId& tenant) { return deletions_.policy().cuts(tenant, clock_.now()); },
          [this](const TenantId& tenant) { return sample_deletions_.list(tenant); }),
      sample_deletions_(*database_),
      visible_samples_(samples_, sample_deletions_) {}

RocksStore::~RocksStore() {
  stopping_ = true;
  database_->stop_compacting();
}

Result<void> RocksStore::start(bool run_workers) {
  SLUICE_CHECK(logs_.recover());
  SLUICE_CHECK(samples_.recover());
  SLUICE_CHECK(sample_deletions_.recover());
  SLUICE_CHECK(exemplars_.recover(*database_));
  if (!run_workers) return {};
  sealer_ = std::make_unique<Worker>([this] { background(logs_.seal(false)); });
  merger_ = std::make_unique<Worker>([this] { merge_in_background(); });
  logs_.on_seal_due([this] { sealer_->wake(); });
  return {};
}

// Once nothing is left to seal, what seals and merges removed goes from logs and tables, and what
// they freed from memory, too: it would otherwise wait for the next writes, which may be long in
// coming.
void RocksStore::merge_in_background() {
  const std::uint64_t before = logs_.changes();
  const auto stop = [this] { return stopping_.load(); };
  background(logs_.merge(stop));
  background(samples_.merge(stop));
  const bool idle = logs_.head_empty() && before == logs_.changes();
  if (!idle || before == written_out_ || stopping_) return;
  if (!database_->flush()) return;
  background(database_->compact(Family::head, "", ""));
  malloc_trim(0);
  written_out_ = before;
}

Result<void> RocksStore::check_room(std::size_t body_bytes) {
  return logs_.check_room(body_bytes);
}

Result<PushOutcome> RocksStore::push(LogPush push) {
  return logs_.push(std::move(push), listeners_);
}

Result<WriteOutcome> RocksStore::write(const TenantId& tenant, std::vector<SeriesSamples> series,
                                       std::vector<MetricMetadata> metadata,
                                       std::vector<SeriesExemplars> exemplars) {
  SampleWrite flat;
  for (const auto& one : series) flat.add(one);
  return write_flat(tenant, flat, std::move(metadata), std::move(exemplars));
}

Result<WriteOutcome> RocksStore::write_flat(const TenantId& tenant, SampleWrite& samples,
                                            std::vector<MetricMetadata> metadata,
                                            std::vector<SeriesExemplars> exemplars) {
  SLUICE_TRY(const auto write,
             samples_.prepare(tenant, Origin::outside, samples, std::move(metadata)));
  auto kept = exemplars_.prepare(tenant, std::move(exemplars));
  if (!write.empty() || !kept.empty()) {
    Batch step = database_->batch();
    if (!write.empty()) SampleStore::add_to(step, write);
    ExemplarStore::add_to(step, kept);
    if (auto written = database_->write(step, Writer::client); !written) {
      exemplars_.abandon(kept);
      return std::move(written).error();
    }
  }
  samples_.apply(write);
  exemplars_.apply(std::move(kept));
  return WriteOutcome{write.accepted, write.write.refused, write.write.refused_series};
}

Result<void> RocksStore::commit(const Step& step) {
  Batch batch = database_->batch();
  for (const auto& change : step.changes()) {
    const std::string key = document_key(change.space, change.key);
    if (change.value)
      batch.put(Family::document, key, ValueType::document, *change.value);
    else
      batch.remove(Family::document, key);
  }
  std::vector<SampleStore::Prepared> writes;
  for (const auto& samples : step.samples()) {
    SampleWrite flat;
    for (const auto& one : samples.series) flat.add(one);
    SLUICE_TRY(auto write, samples_.prepare(samples.tenant, Origin::own, flat, {}));
    SampleStore::add_to(batch, write);
    writes.push_back(std::move(write));
  }
  if (batch.empty()) return {};
  SLUICE_CHECK(database_->write(batch, Writer::client));
  for (const auto& write : writes) samples_.apply(write);
  return {};
}

Result<std::optional<std::string>> RocksStore::get(Keyspace space, std::string_view key) {
  auto value = database_->get(Family::document, document_key(space, key), ValueType::document);
  if (!value) {
    if (value.error().code == ErrorCode::corrupt) database_->report_corrupt(value.error());
    return std::move(value).error();
  }
  if (!*value) return std::optional<std::string>();
  return std::optional<std::string>(std::string((*value)->payload()));
}

Result<std::vector<Store::Document>> RocksStore::scan(Keyspace space, std::string_view prefix) {
  std::vector<Document> documents;
  Scan scan = database_->scan_prefix(Family::document, document_key(space, prefix));
  while (scan.next()) {
    const auto payload = scan.payload(ValueType::document);
    if (payload)
      documents.push_back({std::string(scan.key().substr(1)), std::string(*payload)});
    else
      database_->report_corrupt(payload.error());
  }
  SLUICE_CHECK(scan.status());
  return documents;
}

Freshness RocksStore::freshness(const TenantId& tenant) {
  return {logs_.newest(tenant), samples_.newest_arrived(tenant)};
}

Result<std::uint64_t> RocksStore::high_water(const TenantId& tenant, const BatchIdentity& source) {
  return logs_.high_water(tenant, source);
}

std::uint64_t RocksStore::listen(PushListener listener) {
  return listeners_.add(std::move(listener));
}

void RocksStore::unlisten(std::uint64_t handle) {
  listeners_.remove(handle);
}

Result<void> RocksStore::flush() {
  SLUICE_CHECK(logs_.seal(true));
  SLUICE_CHECK(samples_.seal(true));
  logs_.update_gauges();
  return database_->flush();
}

Result<void> RocksStore::merge_now() {
  SLUICE_CHECK(logs_.merge([] { return false; }));
  return samples_.merge([] { return false; });
}

void RocksStore::tick() {
  database_->tick();
  if (sealer_)
    sealer_->wake();  // it may be at it for long, while the rest has to go on
  else
    background(logs_.seal(false));
  background(samples_.seal(false));
  apply_retention();
  logs_.update_gauges();
  samples_.update_gauges();
  if (merger_) merger_->wake();
}

}  // namespace sluice::storage
