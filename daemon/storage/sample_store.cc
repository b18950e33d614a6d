#include "daemon/storage/sample_store.h"

#include <bit>

#include "base/telemetry/log.h"
#include "daemon/storage/bytes.h"
#include "daemon/storage/chunk_reader.h"
#include "daemon/storage/series_cursor.h"

namespace sluice::storage {

namespace {

// Two hours of samples make good chunks; a head of two million samples is 32 MB.
constexpr std::chrono::hours sample_seal_age{2};
constexpr std::size_t sample_seal_count = 2'000'000;
// Past this writes wait for a seal.
constexpr std::size_t sample_head_max = 4 * sample_seal_count;

class EmptyCursor : public query::SeriesCursor {
 public:
  Result<const query::SampleSeries*> next() override { return nullptr; }
};

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

}  // namespace

SampleStore::SampleStore(Database& database, Clock& clock, StorageMetrics& metrics)
    : database_(database), clock_(clock), metrics_(metrics) {}

TenantSamples& SampleStore::tenant(const TenantId& id) {
  if (TenantSamples* known = find_tenant(id)) return *known;
  const std::unique_lock lock(tenants_mutex_);
  auto& samples = tenants_[id];
  if (!samples) samples = std::make_unique<TenantSamples>(id);
  return *samples;
}

TenantSamples* SampleStore::find_tenant(const TenantId& id) const {
  const std::shared_lock lock(tenants_mutex_);
  const auto it = tenants_.find(id);
  return it == tenants_.end() ? nullptr : it->second.get();
}

std::vector<TenantSamples*> SampleStore::tenants() const {
  const std::shared_lock lock(tenants_mutex_);
  std::vector<TenantSamples*> all;
  for (const auto& [id, samples] : tenants_) all.push_back(samples.get());
  return all;
}

Result<SampleStore::Prepared> SampleStore::prepare(const TenantId& id,
                                                   std::vector<SeriesSamples> series,
                                                   std::vector<MetricMetadata> metadata) {
  TenantSamples& samples = tenant(id);
  if (samples.head_state().samples >= sample_head_max)
    return Error{ErrorCode::limit_exceeded, "unsealed samples fill their memory; retry shortly"};
  auto judged = samples.judge(std::move(series));
  SLUICE_CHECK(judge_suspects(id, judged));
  metrics_.sample_conflicts.inc(static_cast<double>(judged.conflicts));
  Prepared write;
  write.tenant = id;
  write.number = next_number_.fetch_add(1);
  write.received = clock_.now();
  write.accepted = judged.equal;
  for (const auto& one : judged.fresh) write.accepted += one.samples.size();
  write.series = std::move(judged.fresh);
  write.metadata = metadata_.changed(id, std::move(metadata));
  return write;
}

// Late samples: what chunks hold at their timestamps decides.
Result<void> SampleStore::judge_suspects(const TenantId& id, TenantSamples::Judged& judged) {
  for (const auto& [series, series_id, sample] : judged.suspects) {
    std::vector<Sample> stored;
    bool damaged = false;
    const std::int64_t at = sample.timestamp_ms;
    SLUICE_CHECK(
        read_chunks(database_, nullptr, id, series_id, day_of_ms(at), at, at, stored, damaged));
    if (stored.empty())
      judged.fresh.push_back({series->labels, {sample}});
    else
      ++(same_bits(stored.front().value, sample.value) ? judged.equal : judged.conflicts);
  }
  return {};
}

void SampleStore::add_to(Batch& step, const Prepared& write) {
  if (!write.series.empty())
    step.put(Family::sample_head, sequence_key(write.number), ValueType::sample_batch,
             encode_sample_batch(write.tenant, write.received, write.series));
  for (const auto& metadata : write.metadata) MetadataStore::add_to(step, write.tenant, metadata);
}

void SampleStore::apply(const Prepared& write) {
  if (!write.series.empty()) tenant(write.tenant).add(write.number, write.received, write.series);
  metadata_.apply(write.tenant, write.metadata);
  std::size_t samples = 0;
  for (const auto& one : write.series) samples += one.samples.size();
  metrics_.samples.inc(static_cast<double>(samples));
}

std::optional<Timestamp> SampleStore::newest(const TenantId& id) const {
  const TenantSamples* samples = find_tenant(id);
  const auto newest = samples ? samples->newest() : std::nullopt;
  if (!newest) return std::nullopt;
  return Timestamp(std::chrono::milliseconds(*newest));
}

Result<std::unique_ptr<query::SeriesCursor>> SampleStore::select(const query::SampleSelect& select,
                                                                 query::QueryContext& context) {
  const TenantSamples* samples = find_tenant(select.tenant);
  if (!samples) return std::unique_ptr<query::SeriesCursor>(new EmptyCursor);
  return make_series_cursor(database_, *samples, samples->match(select.matchers), select, context);
}

Result<std::vector<LabelSet>> SampleStore::series(const TenantId& id,
                                                  const std::vector<query::LabelMatcher>& matchers,
                                                  std::int64_t start_ms, std::int64_t end_ms) {
  std::vector<LabelSet> found;
  const TenantSamples* samples = find_tenant(id);
  if (!samples) return found;
  for (const auto& series : samples->match(matchers))
    if (samples->active(*series, start_ms, end_ms)) found.push_back(series->labels);
  return found;
}

Result<std::vector<MetricMetadata>> SampleStore::metadata(const TenantId& id) {
  return metadata_.all(id);
}

Result<void> SampleStore::seal(bool everything) {
  const std::lock_guard lock(seal_mutex_);
  for (TenantSamples* samples : tenants()) {
    const auto head = samples->head_state();
    const bool due = head.samples >= sample_seal_count ||
                     (head.samples > 0 && clock_.now() - head.oldest >= sample_seal_age);
    if (head.samples == 0 || !(everything || due)) continue;
    if (auto sealed = seal_tenant(*samples); !sealed) {
      metrics_.seal_failures.inc();
      log_error("sealing samples failed, will be tried again",
                {{"tenant", samples->tenant().value}, {"error", sealed.error()}});
      return sealed;
    }
  }
  return {};
}

Result<void> SampleStore::drop_before(Day day, const std::function<Result<void>()>& remove) {
  const std::lock_guard lock(seal_mutex_);
  std::size_t days = 0;
  for (TenantSamples* samples : tenants()) days += samples->drop_before(day);
  return days == 0 ? Result<void>() : remove();
}

void SampleStore::update_gauges() const {
  std::size_t series = 0;
  std::size_t head = 0;
  for (const TenantSamples* samples : tenants()) {
    series += samples->series_count();
    head += samples->head_state().samples;
  }
  metrics_.series.set(static_cast<double>(series));
  metrics_.sample_head_samples.set(static_cast<double>(head));
}

}  // namespace sluice::storage
