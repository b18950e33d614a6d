#include "daemon/storage/tenant_samples.h"

#include <algorithm>

#include "base/types/assert.h"

namespace sluice::storage {

namespace {

void raise(std::optional<std::int64_t>& newest, std::int64_t timestamp_ms) {
  newest = std::max(newest.value_or(INT64_MIN), timestamp_ms);
}

std::span<const LabelView> labels_of(const SampleWrite& write, const SampleWrite::Series& series) {
  return std::span(write.labels).subspan(series.first_label, series.labels);
}

KeyHash hash_of(std::span<const LabelView> labels) {
  thread_local std::string key;
  key.clear();
  for (const LabelView& label : labels) append_key_label(key, label.name, label.value);
  return hash_key(key);
}

void sort_samples(SampleWrite& write) {
  for (const auto& series : write.series) {
    const auto samples = std::span(write.samples).subspan(series.first_sample, series.samples);
    if (!std::is_sorted(samples.begin(), samples.end(), sluice::earlier))
      std::stable_sort(samples.begin(), samples.end(), sluice::earlier);
  }
}

HistogramPtr written_histogram(const SampleWrite::Series& series, const Sample& sample) {
  return series.histograms ? histogram_of(sample, *series.histograms) : nullptr;
}

bool in_key_order(const HeadSeriesPtr& a, const HeadSeriesPtr& b) {
  return std::lexicographical_compare(
      a->labels.begin(), a->labels.end(), b->labels.begin(), b->labels.end(),
      [](const LabelSymbols& x, const LabelSymbols& y) {
        if (x.name != y.name) return x.name->text() < y.name->text();
        return x.value != y.value && x.value->text() < y.value->text();
      });
}

}  // namespace

HeadSeries* TenantSamples::find_or_make(const KeyHash& hash, std::span<const LabelView> labels,
                                        std::size_t series_max) {
  if (HeadSeries* known = index_.find(hash)) return known;
  if (series_max > 0 && index_.size() >= series_max) return nullptr;
  HeadSeries& made = index_.add(hash, labels, next_number_++);
  made.sealed_until = sealed_until_;
  return &made;
}

PreparedWrite TenantSamples::judge(SampleWrite& write, std::size_t series_max) {
  sort_samples(write);
  std::vector<KeyHash> hashes;
  hashes.reserve(write.series.size());
  for (const auto& series : write.series) hashes.push_back(hash_of(labels_of(write, series)));
  PreparedWrite judged;
  judged.batch.samples.reserve(write.samples.size());
  judged.batch.series.reserve(write.series.size());
  judged.series.reserve(write.series.size());
  const std::lock_guard lock(mutex_);
  flights_.enter(epoch_);
  judged.flight = InFlight(flights_, epoch_);
  for (std::uint32_t i = 0; i < write.series.size(); ++i) {
    HeadSeries* series = find_or_make(hashes[i], labels_of(write, write.series[i]), series_max);
    if (series == nullptr) {
      judged.refuse(write.series[i]);
      continue;
    }
    series->touched = epoch_;
    judge_series(write, i, *series, judged);
  }
  return judged;
}

bool TenantSamples::newly_full(const PreparedWrite& write) {
  if (write.refused_series == 0) return false;
  const std::lock_guard lock(mutex_);
  return std::exchange(full_in_, epoch_) != epoch_;
}

void TenantSamples::judge_series(const SampleWrite& write, std::uint32_t index, HeadSeries& series,
                                 PreparedWrite& judged) const {
  const SampleWrite::Series& written = write.series[index];
  const std::int64_t known_until = std::max(series.newest_ms(), series.sealed_until);
  std::optional<HeadSeries::Stored> last;  // of this write
  for (std::uint32_t i = 0; i < written.samples; ++i) {
    const Sample& sample = write.samples[written.first_sample + i];
    const HistogramPtr histogram = written_histogram(written, sample);
    raise(judged.newest_ms, sample.timestamp_ms);
    // Of equal timestamps the first stays.
    auto stored = last && last->sample.timestamp_ms == sample.timestamp_ms
                      ? last
                      : std::optional<HeadSeries::Stored>();
    if (!stored && sample.timestamp_ms <= known_until) stored = series.at(sample.timestamp_ms);
    if (stored) {
      judged.repeated(
          same_sample(stored->sample.value, stored->histogram, sample.value, histogram));
      continue;
    }
    if (sample.timestamp_ms > series.sealed_until) {
      last = {sample, histogram};
      judged.accept(series, written, sample, histogram);
    } else {
      judged.suspects.push_back({&series, index, sample, histogram});
    }
  }
}

void TenantSamples::count_bytes(const HeadSeries& series, std::size_t before) {
  head_bytes_ = head_bytes_ - before + series.bytes();
}

void TenantSamples::insert(HeadSeries& series, const SampleBatch& batch,
                           const BatchSeries& written) {
  const std::size_t before = series.bytes();
  for (std::uint32_t i = 0; i < written.samples; ++i) {
    const Sample& sample = batch.samples[written.first_sample + i];
    if (series.insert(sample, histogram_of(sample, batch.histograms))) ++head_samples_;
    raise(newest_, sample.timestamp_ms);
    if (batch.origin == Origin::outside) raise(newest_arrived_, sample.timestamp_ms);
  }
  count_bytes(series, before);
}

void TenantSamples::add_batch(const SampleBatch& batch, std::uint64_t number, std::uint32_t epoch) {
  batches_.push_back({number, batch.received, epoch});
}

void TenantSamples::add(const PreparedWrite& write, std::uint64_t number) {
  if (write.batch.series.empty()) return;
  const std::lock_guard lock(mutex_);
  add_batch(write.batch, number, write.flight.epoch());
  for (std::size_t i = 0; i < write.series.size(); ++i) {
    insert(*write.series[i], write.batch, write.batch.series[i]);
    write.series[i]->defined = write.flight.epoch();
  }
}

bool TenantSamples::recover(const SampleBatch& batch, std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  add_batch(batch, number, epoch_);
  bool whole = true;
  for (const BatchSeries& written : batch.series) {
    HeadSeries*& series = recovering_[written.number];
    next_number_ = std::max(next_number_, written.number + 1);
    if (!series && written.labels > 0) {
      const auto labels = std::span(batch.labels).subspan(written.first_label, written.labels);
      const KeyHash hash = hash_of(labels);
      series = index_.find(hash);
      if (!series) series = &index_.add(hash, labels, written.number);
      series->sealed_until = sealed_until_;
      series->touched = epoch_;
    }
    whole = whole && series;
    if (series) insert(*series, batch, written);
  }
  return whole;
}

void TenantSamples::recovered() {
  const std::lock_guard lock(mutex_);
  recovering_ = {};
  ++epoch_;
}

void TenantSamples::arrived(std::int64_t timestamp_ms) {
  const std::lock_guard lock(mutex_);
  raise(newest_arrived_, timestamp_ms);
}

void TenantSamples::set_sealed_until(std::int64_t timestamp_ms) {
  const std::lock_guard lock(mutex_);
  sealed_until_ = std::max(sealed_until_, timestamp_ms);
  raise(newest_, timestamp_ms);
}

std::vector<SeriesIndex::Matched> TenantSamples::match(
    const std::vector<query::LabelMatcher>& matchers) const {
  std::vector<SeriesIndex::Matched> found;
  {
    const std::lock_guard lock(mutex_);
    found = index_.match(matchers);
  }
  // Not while writers wait: of many series this takes longer than finding them.
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  return found;
}

bool TenantSamples::any(const HeadSeries& series, std::int64_t start_ms,
                        std::int64_t end_ms) const {
  const std::lock_guard lock(mutex_);
  return series.any(start_ms, end_ms);
}

TenantSamples::PartsView TenantSamples::view(std::int64_t start_ms, std::int64_t end_ms,
                                             std::uint64_t after, const Database& database) const {
  const std::shared_lock lock(parts_mutex_);
  PartsView view;
  view.generation = generation_;
  for (const auto& part : parts_)
    if (part->overlaps(start_ms, end_ms) && (after == 0 || part->generation > after))
      view.parts.push_back(part);
  std::sort(view.parts.begin(), view.parts.end(),
            [](const auto& a, const auto& b) { return a->summary.number < b->summary.number; });
  view.snapshot = database.snapshot();
  return view;
}

std::optional<SampleRun> TenantSamples::read(const HeadSeries& series, std::int64_t start_ms,
                                             std::int64_t end_ms, std::uint64_t generation) const {
  const std::lock_guard lock(mutex_);
  if (generation != generation_) return std::nullopt;
  return series.read(start_ms, end_ms);
}

TenantSamples::HeadState TenantSamples::head_state() const {
  const std::lock_guard lock(mutex_);
  HeadState state{head_samples_, head_bytes_, index_.size(), Timestamp::max()};
  if (!batches_.empty()) state.oldest = batches_.front().received;
  return state;
}

std::optional<std::int64_t> TenantSamples::newest() const {
  const std::lock_guard lock(mutex_);
  return newest_;
}

std::optional<std::int64_t> TenantSamples::newest_arrived() const {
  const std::lock_guard lock(mutex_);
  return newest_arrived_;
}

TenantSamples::Sealing TenantSamples::begin_seal() {
  Sealing sealing;
  {
    const std::lock_guard lock(mutex_);
    sealing.epoch = epoch_++;
  }
  // Later writes tell the labels of their series anew.
  flights_.wait_for(sealing.epoch);
  {
    const std::lock_guard lock(mutex_);
    for (const auto& batch : batches_)
      if (batch.epoch <= sealing.epoch) sealing.batches.push_back(batch.number);
    index_.for_each([&](const HeadSeriesPtr& series) {
      if (series->empty()) return;
      const std::size_t before = series->bytes();
      series->freeze();
      count_bytes(*series, before);
      sealing.newest = std::max(sealing.newest, series->newest_ms());
      sealing.series.push_back(series);
    });
  }
  // Only seals remove series, so that their labels stay where they are.
  std::sort(sealing.series.begin(), sealing.series.end(), in_key_order);
  return sealing;
}

SampleRun TenantSamples::frozen(const HeadSeries& series) const {
  const std::lock_guard lock(mutex_);
  return series.frozen_run();
}

void TenantSamples::recover_part(SamplePart part) {
  const std::unique_lock parts_lock(parts_mutex_);
  const std::lock_guard lock(mutex_);
  parts_.push_back(std::make_shared<const SamplePart>(std::move(part)));
}

void TenantSamples::drop_frozen(const Sealing& sealing) {
  for (const HeadSeriesPtr& series : sealing.series) {
    const std::size_t before = series->bytes();
    series->sealed_until = std::max(series->sealed_until, series->frozen_until());
    head_samples_ -= series->drop_frozen();
    count_bytes(*series, before);
  }
  std::erase_if(batches_, [&](const HeadBatchInfo& batch) { return batch.epoch <= sealing.epoch; });
}

void TenantSamples::evict_idle(std::uint32_t epoch) {
  std::vector<HeadSeriesPtr> idle;
  index_.for_each([&](const HeadSeriesPtr& series) {
    if (series->empty() && series->touched < epoch) idle.push_back(series);
  });
  for (const HeadSeriesPtr& series : idle) index_.remove(*series);
}

Result<void> TenantSamples::end_seal(const Sealing& sealing, std::vector<SamplePart> parts,
                                     const std::function<Result<void>()>& commit) {
  const std::unique_lock parts_lock(parts_mutex_);
  SLUICE_CHECK(commit());
  const std::lock_guard lock(mutex_);
  ++generation_;
  for (SamplePart& part : parts) {
    part.generation = generation_;
    sealed_until_ = std::max(sealed_until_, part.summary.last_ms);
    parts_.push_back(std::make_shared<const SamplePart>(std::move(part)));
  }
  drop_frozen(sealing);
  evict_idle(sealing.epoch);
  return {};
}

Result<void> TenantSamples::replace(const SamplePartList& old, std::vector<SamplePart> merged,
                                    const std::function<Result<void>()>& commit) {
  const std::unique_lock parts_lock(parts_mutex_);
  SLUICE_CHECK(commit());
  const std::lock_guard lock(mutex_);
  std::erase_if(parts_, [&](const SamplePartPtr& part) {
    return std::find(old.begin(), old.end(), part) != old.end();
  });
  for (SamplePart& part : merged)
    parts_.push_back(std::make_shared<const SamplePart>(std::move(part)));
  return {};
}

SamplePartList TenantSamples::parts() const {
  const std::shared_lock lock(parts_mutex_);
  return parts_;
}

}  // namespace sluice::storage
