#include "daemon/storage/tenant_samples.h"

#include <algorithm>

namespace sluice::storage {

namespace {

// Keeps the first of equal timestamps; the others are judged by it.
void drop_repeated(SeriesSamples& series, TenantSamples::Judged& judged) {
  auto& samples = series.samples;
  const auto histogram = [&](const Sample& s) { return histogram_of(s, series.histograms); };
  std::size_t kept = 0;
  for (const Sample& sample : samples) {
    const Sample* before = kept > 0 ? &samples[kept - 1] : nullptr;
    if (before && before->timestamp_ms == sample.timestamp_ms)
      judged.repeated(same_sample(before->value, histogram(*before), sample.value,
                                  histogram(sample)));
    else
      samples[kept++] = sample;
  }
  samples.resize(kept);
}

// The stored sample at that time, or null.
const Sample* at(const std::vector<Sample>& head, std::int64_t timestamp_ms) {
  if (head.empty() || head.back().timestamp_ms < timestamp_ms) return nullptr;
  const auto it = std::lower_bound(head.begin(), head.end(), Sample{timestamp_ms, 0}, earlier);
  return it->timestamp_ms == timestamp_ms ? &*it : nullptr;
}

// True if it was not there.
bool insert(std::vector<Sample>& head, const Sample& sample) {
  if (head.empty() || head.back().timestamp_ms < sample.timestamp_ms) {
    head.push_back(sample);
    return true;
  }
  const auto it = std::lower_bound(head.begin(), head.end(), sample, earlier);
  if (it->timestamp_ms == sample.timestamp_ms) return false;
  head.insert(it, sample);
  return true;
}

// Beside a sample of the head that was just inserted.
void keep_histogram(Series& series, const Sample& sample, const HistogramPtr& histogram) {
  if (!histogram) return;
  using Map = std::map<std::int64_t, HistogramPtr>;
  if (!series.histograms) series.histograms = std::make_unique<Map>();
  Map& map = *series.histograms;
  const auto after = map.lower_bound(sample.timestamp_ms);
  const HistogramPtr before = after == map.begin() ? nullptr : std::prev(after)->second;
  map.emplace_hint(after, sample.timestamp_ms, with_hint(histogram, before));
}

SampleRun run_of(const Series& series, std::span<const Sample> samples) {
  SampleRun run;
  run.samples.reserve(samples.size());
  for (const Sample& sample : samples)
    append_sample(run, sample.timestamp_ms, sample.value, series.histogram_at(sample));
  return run;
}

std::span<const Sample> in_range(const std::vector<Sample>& samples, std::int64_t start_ms,
                                 std::int64_t end_ms) {
  const auto begin = std::lower_bound(samples.begin(), samples.end(), Sample{start_ms, 0}, earlier);
  const auto end = std::upper_bound(begin, samples.end(), Sample{end_ms, 0}, earlier);
  return {begin, end};
}

void raise(std::optional<std::int64_t>& newest, std::int64_t timestamp_ms) {
  newest = std::max(newest.value_or(INT64_MIN), timestamp_ms);
}

}  // namespace

TenantSamples::Judged TenantSamples::judge(std::vector<SeriesSamples> series) const {
  Judged judged;
  for (auto& one : series)
    if (!std::is_sorted(one.samples.begin(), one.samples.end(), earlier))
      std::stable_sort(one.samples.begin(), one.samples.end(), earlier);
  const std::lock_guard lock(mutex_);
  for (auto& one : series) {
    if (const SeriesPtr known = find(one.labels)) {
      std::erase_if(one.samples, [&](const Sample& sample) {
        if (const Sample* stored = at(known->head, sample.timestamp_ms)) {
          judged.repeated(same_sample(stored->value, known->histogram_at(*stored), sample.value,
                                      histogram_of(sample, one.histograms)));
          return true;
        }
        if (sample.timestamp_ms > known->sealed_until) return false;
        judged.suspects.push_back(
            {known, known->id, sample, histogram_of(sample, one.histograms)});
        return true;
      });
    }
    drop_repeated(one, judged);
    if (!one.samples.empty()) judged.fresh.push_back(std::move(one));
  }
  return judged;
}

SeriesPtr TenantSamples::find(const LabelSet& labels) const {
  const auto it = series_.find(&labels);
  return it == series_.end() ? nullptr : it->second;
}

Series& TenantSamples::find_or_make(const LabelSet& labels) {
  if (const SeriesPtr known = find(labels)) return *known;
  auto series = std::make_shared<Series>(labels);
  index(series);
  return *series;
}

void TenantSamples::index(const SeriesPtr& series) {
  series_.emplace(&series->labels, series);
  if (series->id != 0) by_id_[series->id] = series;
  for (const Label& label : series->labels) postings_[label].push_back(series);
}

void TenantSamples::add(std::uint64_t number, Timestamp received, Origin origin,
                        const std::vector<SeriesSamples>& series) {
  const std::lock_guard lock(mutex_);
  batches_.push_back({number, received});
  for (const auto& one : series) {
    Series& known = find_or_make(one.labels);
    for (const Sample& sample : one.samples) {
      if (insert(known.head, sample)) {
        ++head_samples_;
        keep_histogram(known, sample, histogram_of(sample, one.histograms));
      }
      raise(newest_, sample.timestamp_ms);
      if (origin == Origin::outside) raise(newest_arrived_, sample.timestamp_ms);
    }
  }
}

void TenantSamples::arrived(std::int64_t timestamp_ms) {
  const std::lock_guard lock(mutex_);
  raise(newest_arrived_, timestamp_ms);
}

void TenantSamples::add_sealed(SeriesId id, LabelSet labels, Day day, std::int64_t sealed_until) {
  const std::lock_guard lock(mutex_);
  Series& series = find_or_make(labels);
  series.id = id;
  by_id_[id] = find(labels);
  series.sealed_until = std::max(series.sealed_until, sealed_until);
  // Keys come by day, so days come ascending.
  if (series.days.empty() || series.days.back() < day) series.days.push_back(day);
}

void TenantSamples::set_sealed_until(std::int64_t timestamp_ms) {
  const std::lock_guard lock(mutex_);
  raise(newest_, timestamp_ms);
}

const std::vector<SeriesPtr>* TenantSamples::smallest_posting(
    const std::vector<query::LabelMatcher>& matchers) const {
  static const std::vector<SeriesPtr> none;
  const std::vector<SeriesPtr>* smallest = nullptr;
  for (const auto& matcher : matchers) {
    if (matcher.op() != query::MatchOp::equal || matcher.value().empty()) continue;
    const auto it = postings_.find(Label{matcher.name(), matcher.value()});
    if (it == postings_.end()) return &none;
    if (!smallest || it->second.size() < smallest->size()) smallest = &it->second;
  }
  return smallest;
}

std::vector<SeriesPtr> TenantSamples::match(
    const std::vector<query::LabelMatcher>& matchers) const {
  const std::lock_guard lock(mutex_);
  std::vector<SeriesPtr> found;
  const auto consider = [&](const SeriesPtr& series) {
    if (query::matches_all(matchers, series->labels)) found.push_back(series);
  };
  if (const auto* posting = smallest_posting(matchers))
    for (const auto& series : *posting) consider(series);
  else
    for (const auto& [labels, series] : series_) consider(series);
  std::sort(found.begin(), found.end(),
            [](const SeriesPtr& a, const SeriesPtr& b) { return a->labels < b->labels; });
  return found;
}

bool TenantSamples::active(const Series& series, std::int64_t start_ms, std::int64_t end_ms) const {
  const std::lock_guard lock(mutex_);
  if (!in_range(series.head, start_ms, end_ms).empty()) return true;
  const auto day = std::lower_bound(series.days.begin(), series.days.end(), day_of_ms(start_ms));
  return day != series.days.end() && *day <= day_of_ms(end_ms);
}

TenantSamples::SeriesView TenantSamples::view(const Series& series, std::int64_t start_ms,
                                              std::int64_t end_ms, const Database& database) const {
  const std::lock_guard lock(mutex_);
  const auto head = in_range(series.head, start_ms, end_ms);
  SeriesView view{series.id, {}, run_of(series, head), database.snapshot()};
  for (const Day day : series.days)
    if (day >= day_of_ms(start_ms) && day <= day_of_ms(end_ms)) view.days.push_back(day);
  return view;
}

TenantSamples::HeadState TenantSamples::head_state() const {
  const std::lock_guard lock(mutex_);
  HeadState state{head_samples_, Timestamp::max()};
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

std::size_t TenantSamples::series_count() const {
  const std::lock_guard lock(mutex_);
  return series_.size();
}

SeriesId TenantSamples::free_id(const LabelSet& labels) const {
  SeriesId id = labels.hash();
  while (id == 0 || by_id_.count(id) > 0) ++id;
  return id;
}

TenantSamples::Sealing TenantSamples::begin_seal() {
  const std::lock_guard lock(mutex_);
  Sealing sealing;
  for (const auto& batch : batches_) sealing.batches.push_back(batch.number);
  for (const auto& [labels, series] : series_) {
    if (series->head.empty()) continue;
    if (series->id == 0) {
      series->id = free_id(*labels);
      by_id_[series->id] = series;
    }
    sealing.items.push_back({series, series->id, series->days, run_of(*series, series->head)});
    sealing.newest = std::max(sealing.newest, series->head.back().timestamp_ms);
  }
  return sealing;
}

void TenantSamples::end_seal(const Sealing& sealing) {
  const std::lock_guard lock(mutex_);
  batches_.erase(batches_.begin(),
                 batches_.begin() + static_cast<std::ptrdiff_t>(sealing.batches.size()));
  for (const auto& item : sealing.items) {
    Series& series = *item.series;
    std::vector<Sample> left;
    const auto& sealed = item.run.samples;
    std::set_difference(series.head.begin(), series.head.end(), sealed.begin(), sealed.end(),
                        std::back_inserter(left), earlier);
    head_samples_ -= series.head.size() - left.size();
    series.head = std::move(left);
    if (series.histograms)
      for (const Sample& sample : sealed) series.histograms->erase(sample.timestamp_ms);
    series.sealed_until = std::max(series.sealed_until, sealed.back().timestamp_ms);
    for (const Sample& sample : sealed) {
      const Day day = day_of_ms(sample.timestamp_ms);
      const auto it = std::lower_bound(series.days.begin(), series.days.end(), day);
      if (it == series.days.end() || *it != day) series.days.insert(it, day);
    }
  }
}

std::size_t TenantSamples::drop_before(Day day, std::set<Day>* dropped) {
  const std::lock_guard lock(mutex_);
  std::size_t days = 0;
  std::vector<SeriesPtr> gone;
  for (const auto& [labels, series] : series_) {
    if (dropped)
      for (const Day d : series->days)
        if (d < day) dropped->insert(d);
    days += std::erase_if(series->days, [&](Day d) { return d < day; });
    if (series->days.empty() && series->head.empty()) gone.push_back(series);
  }
  for (const auto& series : gone) {
    series_.erase(&series->labels);
    by_id_.erase(series->id);
    for (const Label& label : series->labels) std::erase(postings_[label], series);
  }
  if (!gone.empty()) std::erase_if(postings_, [](const auto& item) { return item.second.empty(); });
  return days;
}

}  // namespace sluice::storage
