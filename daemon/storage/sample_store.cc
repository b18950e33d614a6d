#include "daemon/storage/sample_store.h"

#include <algorithm>

#include "base/telemetry/log.h"
#include "daemon/storage/label_lists.h"
#include "daemon/storage/part_sources.h"
#include "daemon/storage/series_cursor.h"

namespace sluice::storage {

namespace {

// Two hours of samples make good parts; less if they fill this, which also bounds what a start has
// to read again.
constexpr std::chrono::hours sample_seal_age{2};
constexpr std::size_t sample_seal_bytes = 64 << 20;
// Past this writes wait for a seal.
constexpr std::size_t sample_head_max = 4 * sample_seal_bytes;
constexpr std::size_t cache_bytes = 8 << 20;

class NoSeries : public query::SeriesCursor {
 public:
  Result<const query::SampleSeries*> next() override { return nullptr; }
};

}  // namespace

SampleStore::SampleStore(Database& database, const StoreOptions& options, Clock& clock,
                         StorageMetrics& metrics, CutsOf cuts_of, DeletionsOf deletions_of)
    : database_(database),
      options_(options),
      clock_(clock),
      metrics_(metrics),
      cuts_of_(std::move(cuts_of)),
      deletions_of_(std::move(deletions_of)),
      cache_(database, cache_bytes) {}

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

Result<SampleStore::Prepared> SampleStore::prepare(const TenantId& id, Origin origin,
                                                   SampleWrite& write,
                                                   std::vector<MetricMetadata> metadata) {
  TenantSamples& samples = tenant(id);
  if (samples.head_state().bytes >= sample_head_max)
    return Error{ErrorCode::limit_exceeded, "unsealed samples fill their memory; retry shortly"};
  Prepared prepared;
  prepared.samples = &samples;
  prepared.write = samples.judge(write, options_.active_series.of(id));
  note_refused(samples, prepared.write);
  SLUICE_CHECK(judge_suspects(samples, write, prepared.write));
  metrics_.sample_conflicts.inc(static_cast<double>(prepared.write.conflicts));
  SampleBatch& batch = prepared.write.batch;
  batch.tenant = id;
  batch.received = clock_.now();
  batch.origin = origin;
  batch.labels = std::move(write.labels);
  prepared.number = next_number_.fetch_add(1);
  prepared.accepted = prepared.write.equal + batch.samples.size();
  prepared.metadata = metadata_.changed(id, std::move(metadata));
  return prepared;
}

// By whatever way they came: a scrape and a rule have nobody to answer to.
void SampleStore::note_refused(TenantSamples& samples, const PreparedWrite& write) {
  metrics_.refused_samples.inc(static_cast<double>(write.refused));
  if (!samples.newly_full(write)) return;
  log_warn("too many series: those that are new are refused",
           {{"tenant", samples.tenant().value},
            {"active_series", options_.active_series.of(samples.tenant())}});
}

namespace {

// Samples of one series as they are stored, to hold suspects against.
HeadSeries stored_series(const SampleRun& stored) {
  HeadSeries series;
  for (const Sample& sample : stored.samples)
    series.insert(sample, histogram_of(sample, stored.histograms));
  return series;
}

std::string key_of(const SampleWrite& write, const SampleWrite::Series& series) {
  std::string key;
  for (std::uint32_t i = 0; i < series.labels; ++i) {
    const LabelView& label = write.labels[series.first_label + i];
    append_key_label(key, label.name, label.value);
  }
  return key;
}

}  // namespace

namespace {

using Suspects = std::span<const PreparedWrite::Suspect>;

// Of one series, adjacent in the list.
struct SuspectSeries {
  std::string key;
  Suspects suspects;
};

std::vector<SuspectSeries> by_key(const PreparedWrite& judged, const SampleWrite& write) {
  std::vector<SuspectSeries> series;
  const auto& all = judged.suspects;
  for (auto begin = all.begin(); begin != all.end();) {
    const auto end = std::find_if(
        begin, all.end(), [&](const auto& other) { return other.written != begin->written; });
    series.push_back({key_of(write, write.series[begin->written]), {begin, end}});
    begin = end;
  }
  std::stable_sort(series.begin(), series.end(),
                   [](const auto& a, const auto& b) { return a.key < b.key; });
  return series;
}

void judge_against(HeadSeries stored, Suspects suspects, const SampleWrite& write,
                   PreparedWrite& judged) {
  for (const auto& [series, written, sample, histogram] : suspects) {
    if (const auto known = stored.at(sample.timestamp_ms)) {
      judged.repeated(same_sample(known->sample.value, known->histogram, sample.value, histogram));
      continue;
    }
    judged.accept(*series, write.series[written], sample, histogram);
    stored.insert(sample, histogram);  // for repeats in this write
  }
}

}  // namespace

// Late samples: what parts hold at their timestamps decides. Series are looked up in the order of
// parts, so that each group is read once.
Result<void> SampleStore::judge_suspects(const TenantSamples& samples, const SampleWrite& write,
                                         PreparedWrite& judged) {
  if (judged.suspects.empty()) return {};
  std::int64_t first = INT64_MAX;
  std::int64_t last = INT64_MIN;
  for (const auto& suspect : judged.suspects) {
    first = std::min(first, suspect.sample.timestamp_ms);
    last = std::max(last, suspect.sample.timestamp_ms);
  }
  const auto series = by_key(judged, write);
  PartSources parts(cache_, every_series());
  SLUICE_CHECK(parts.add(samples.view(first, last, 0, database_), series.front().key));
  for (const auto& [key, suspects] : series) {
    SLUICE_CHECK(parts.seek(key));
    SLUICE_TRY(const SampleRun run, parts.read(key, first, last));
    judge_against(stored_series(run), suspects, write, judged);
  }
  return {};
}

void SampleStore::add_to(Batch& step, const Prepared& write) {
  if (!write.write.batch.series.empty())
    step.put(Family::sample_head, sequence_key(write.number), ValueType::sample_batch,
             encode_sample_batch(write.write.batch));
  for (const auto& metadata : write.metadata)
    MetadataStore::add_to(step, write.samples->tenant(), metadata);
}

void SampleStore::apply(const Prepared& prepared) {
  const PreparedWrite& write = prepared.write;
  prepared.samples->add(write, prepared.number);
  // Repeats of what is stored are not stored again, yet they did arrive.
  if (write.batch.origin == Origin::outside && write.newest_ms)
    prepared.samples->arrived(*write.newest_ms);
  metadata_.apply(prepared.samples->tenant(), prepared.metadata);
  metrics_.samples.inc(static_cast<double>(write.batch.samples.size()));
}

std::optional<Timestamp> SampleStore::newest_arrived(const TenantId& id) const {
  const TenantSamples* samples = find_tenant(id);
  const auto newest = samples ? samples->newest_arrived() : std::nullopt;
  if (!newest) return std::nullopt;
  return Timestamp(std::chrono::milliseconds(*newest));
}

Result<std::unique_ptr<query::SeriesCursor>> SampleStore::select(const query::SampleSelect& select,
                                                                 query::QueryContext& context) {
  const TenantSamples* samples = find_tenant(select.tenant);
  if (!samples) return std::unique_ptr<query::SeriesCursor>(new NoSeries);
  return make_series_cursor(cache_, *samples, select, cuts_of_(select.tenant), context);
}

Result<std::vector<LabelSet>> SampleStore::series(const query::SampleSelect& select,
                                                  query::QueryContext& context) {
  const TenantSamples* samples = find_tenant(select.tenant);
  if (!samples) return std::vector<LabelSet>();
  SampleCuts cuts(cuts_of_(select.tenant));
  return list_series(cache_, *samples, select, cuts, context);
}

Result<std::vector<std::string>> SampleStore::labels_of(const query::SampleSelect& select,
                                                        const std::string* name,
                                                        query::QueryContext& context) {
  const TenantSamples* samples = find_tenant(select.tenant);
  if (!samples) return std::vector<std::string>();
  SampleCuts cuts(cuts_of_(select.tenant));
  return list_labels(cache_, *samples, select, name, cuts, context);
}

Result<std::vector<std::string>> SampleStore::label_names(const query::SampleSelect& select,
                                                          query::QueryContext& context) {
  return labels_of(select, nullptr, context);
}

Result<std::vector<std::string>> SampleStore::label_values(const query::SampleSelect& select,
                                                           const std::string& name,
                                                           query::QueryContext& context) {
  return labels_of(select, &name, context);
}

Result<std::vector<MetricMetadata>> SampleStore::metadata(const TenantId& id) {
  return metadata_.all(id);
}

Result<void> SampleStore::seal(bool everything) {
  const std::lock_guard lock(seal_mutex_);
  SLUICE_CHECK(database_.check_accepting());
  for (TenantSamples* samples : tenants()) {
    const auto head = samples->head_state();
    const bool due = head.bytes >= sample_seal_bytes ||
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

Result<void> SampleStore::drop_parts(TenantSamples& samples, Day day) {
  SamplePartList gone = samples.parts();
  std::erase_if(gone, [&](const SamplePartPtr& part) { return part->day >= day; });
  if (gone.empty()) return {};
  return samples.drop(gone, [&]() -> Result<void> {
    Batch step = database_.batch();
    for (const auto& part : gone)
      for (const Family family : sample_part_families)
        step.remove_range(family, part->key(), prefix_end(part->key()));
    return database_.write(step, Writer::maintenance);
  });
}

Result<void> SampleStore::drop_before(Day day) {
  const std::lock_guard lock(merge_mutex_);
  for (TenantSamples* samples : tenants()) SLUICE_CHECK(drop_parts(*samples, day));
  return {};
}

Result<void> SampleStore::drop_before(const TenantId& id, Day day) {
  const std::lock_guard lock(merge_mutex_);
  TenantSamples* samples = find_tenant(id);
  return samples ? drop_parts(*samples, day) : Result<void>();
}

std::vector<TenantId> SampleStore::tenant_ids() const {
  std::vector<TenantId> ids;
  for (const TenantSamples* samples : tenants()) ids.push_back(samples->tenant());
  return ids;
}

void SampleStore::update_gauges() const {
  TenantSamples::HeadState all;
  for (const TenantSamples* samples : tenants()) {
    const auto head = samples->head_state();
    all.series += head.series;
    all.samples += head.samples;
  }
  metrics_.series.set(static_cast<double>(all.series));
  metrics_.sample_head_samples.set(static_cast<double>(all.samples));
}

}  // namespace sluice::storage
