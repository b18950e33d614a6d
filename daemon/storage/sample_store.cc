#include "daemon/storage/sample_store.h"

#include <algorithm>

#include "base/telemetry/log.h"
#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/chunk_reader.h"
#include "daemon/storage/series_cursor.h"

namespace sluice::storage {

namespace {

// Two hours of samples make good chunks; a head of two million samples is 32 MB.
constexpr std::chrono::hours sample_seal_age{2};
constexpr std::size_t sample_seal_count = 2'000'000;
// Past this writes wait for a seal.
constexpr std::size_t sample_head_max = 4 * sample_seal_count;

class NoSeries : public query::SeriesCursor {
 public:
  Result<const query::SampleSeries*> next() override { return nullptr; }
};

const Sample* find_at(const std::vector<Sample>& samples, std::int64_t timestamp_ms) {
  const auto it = std::lower_bound(
      samples.begin(), samples.end(), timestamp_ms,
      [](const Sample& sample, std::int64_t t) { return sample.timestamp_ms < t; });
  return it != samples.end() && it->timestamp_ms == timestamp_ms ? &*it : nullptr;
}

// Whether one of the runs has a sample of that time and, if so, whether it is the same.
std::optional<bool> repeats(const SampleRun& stored, const SampleRun& fresh, const Sample& sample,
                            const HistogramPtr& histogram) {
  for (const SampleRun* run : {&stored, &fresh})
    if (const Sample* known = find_at(run->samples, sample.timestamp_ms))
      return same_sample(known->value, histogram_of(*known, run->histograms), sample.value,
                         histogram);
  return std::nullopt;
}

std::optional<std::int64_t> newest_of(const std::vector<SeriesSamples>& series) {
  std::optional<std::int64_t> newest;
  for (const auto& one : series)
    for (const Sample& sample : one.samples)
      newest = std::max(newest.value_or(INT64_MIN), sample.timestamp_ms);
  return newest;
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

Result<SampleStore::Prepared> SampleStore::prepare(const TenantId& id, Origin origin,
                                                   std::vector<SeriesSamples> series,
                                                   std::vector<MetricMetadata> metadata) {
  TenantSamples& samples = tenant(id);
  if (samples.head_state().samples >= sample_head_max)
    return Error{ErrorCode::limit_exceeded, "unsealed samples fill their memory; retry shortly"};
  const auto newest = newest_of(series);
  auto judged = samples.judge(std::move(series));
  SLUICE_CHECK(judge_suspects(id, judged));
  metrics_.sample_conflicts.inc(static_cast<double>(judged.conflicts));
  Prepared write;
  write.tenant = id;
  write.number = next_number_.fetch_add(1);
  write.received = clock_.now();
  write.origin = origin;
  write.newest_ms = newest;
  write.accepted = judged.equal;
  for (const auto& one : judged.fresh) write.accepted += one.samples.size();
  write.series = std::move(judged.fresh);
  write.metadata = metadata_.changed(id, std::move(metadata));
  return write;
}

// Late samples: what chunks hold at their timestamps decides. Suspects of one series and day are
// adjacent and read together.
Result<void> SampleStore::judge_suspects(const TenantId& id, TenantSamples::Judged& judged) {
  const auto& suspects = judged.suspects;
  for (auto begin = suspects.begin(); begin != suspects.end();) {
    const Day day = day_of_ms(begin->sample.timestamp_ms);
    const auto end = std::find_if(begin, suspects.end(), [&](const auto& other) {
      return other.series != begin->series || day_of_ms(other.sample.timestamp_ms) != day;
    });
    const std::int64_t first = begin->sample.timestamp_ms;
    const std::int64_t last = std::prev(end)->sample.timestamp_ms;
    SampleRun stored;
    bool damaged = false;  // reported; what cannot be read does not stand in the way
    SLUICE_CHECK(read_chunks(database_, nullptr, id, begin->id, day, first, last, stored, damaged));
    SampleRun fresh;
    const auto& series = *begin->series;
    for (; begin != end; ++begin) {
      const Sample& sample = begin->sample;
      if (const auto same = repeats(stored, fresh, sample, begin->histogram))
        judged.repeated(*same);
      else
        append_sample(fresh, sample.timestamp_ms, sample.value, begin->histogram);
    }
    if (!fresh.samples.empty())
      judged.fresh.push_back(
          {series.labels, std::move(fresh.samples), std::move(fresh.histograms)});
  }
  return {};
}

void SampleStore::add_to(Batch& step, const Prepared& write) {
  if (!write.series.empty())
    step.put(Family::sample_head, sequence_key(write.number), sample_batch_type(write.series),
             encode_sample_batch(write.tenant, write.received, write.origin, write.series));
  for (const auto& metadata : write.metadata) MetadataStore::add_to(step, write.tenant, metadata);
}

void SampleStore::apply(const Prepared& write) {
  TenantSamples& samples_of = tenant(write.tenant);
  if (!write.series.empty())
    samples_of.add(write.number, write.received, write.origin, write.series);
  // Repeats of what is stored are not stored again, yet they did arrive.
  if (write.origin == Origin::outside && write.newest_ms) samples_of.arrived(*write.newest_ms);
  metadata_.apply(write.tenant, write.metadata);
  std::size_t samples = 0;
  for (const auto& one : write.series) samples += one.samples.size();
  metrics_.samples.inc(static_cast<double>(samples));
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
  SLUICE_CHECK(database_.check_accepting());
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
  Batch marks = database_.batch();
  for (TenantSamples* samples : tenants()) {
    std::set<Day> dropped;
    days += samples->drop_before(day, &dropped);
    for (const Day gone : dropped)
      marks.remove(Family::sample_state, merged_day_key(samples->tenant(), gone));
  }
  merges_.dropped_before(day);
  if (days == 0) return {};
  // First: a mark that is missing costs one merge more, one without its day stays for ever.
  SLUICE_CHECK(database_.write(marks, Writer::maintenance));
  return remove();
}

Result<void> SampleStore::drop_before(const TenantId& id, Day day) {
  const std::lock_guard lock(seal_mutex_);
  TenantSamples* samples = find_tenant(id);
  if (!samples) return {};
  std::set<Day> dropped;
  if (samples->drop_before(day, &dropped) == 0) return {};
  merges_.dropped_before(id, day);
  Batch step = database_.batch();
  for (const Day gone : dropped) {
    step.remove(Family::sample_state, merged_day_key(id, gone));
    const std::string prefix = tenant_day_key(gone, id);
    for (const Family family : {Family::series, Family::chunk})
      step.remove_range(family, prefix, prefix_end(prefix));
  }
  return database_.write(step, Writer::maintenance);
}

std::vector<TenantId> SampleStore::tenant_ids() const {
  std::vector<TenantId> ids;
  for (const TenantSamples* samples : tenants()) ids.push_back(samples->tenant());
  return ids;
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
