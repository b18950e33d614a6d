#include "daemon/storage/samples/head_series.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sluice::storage {

namespace {

constexpr std::size_t chunk_samples = 120;
constexpr std::size_t late_max = 64;

void cut(std::vector<Sample>& samples, std::int64_t start_ms, std::int64_t end_ms) {
  std::erase_if(samples, [&](const Sample& sample) {
    return sample.timestamp_ms < start_ms || sample.timestamp_ms > end_ms;
  });
}

bool overlaps(const HeadChunk& chunk, std::int64_t start_ms, std::int64_t end_ms) {
  return !chunk.empty() && chunk.first_ms() <= end_ms && chunk.last_ms() >= start_ms;
}

// In its list, or at its place.
std::vector<Sample>::const_iterator place_of(const std::vector<Sample>& samples,
                                             std::int64_t timestamp_ms) {
  const Sample sample{timestamp_ms, 0};
  return std::lower_bound(samples.begin(), samples.end(), sample, sluice::earlier);
}

}  // namespace

std::string HeadSeries::key() const {
  std::string key;
  for (const auto& [name, value] : labels) append_key_label(key, name->text(), value->text());
  return key;
}

const Symbol* HeadSeries::value_of(const Symbol* name) const {
  for (const auto& label : labels)
    if (label.name == name) return label.value;
  return nullptr;
}

std::size_t HeadSeries::bytes() const {
  std::size_t bytes = open_.bytes() + chunks_.capacity() * sizeof(HeadChunk);
  for (const HeadChunk& chunk : chunks_) bytes += chunk.bytes();
  if (!rest_) return bytes;
  bytes += sizeof(Rest) + rest_->late.capacity() * sizeof(Sample);
  for (const auto& [time, histogram] : rest_->histograms) bytes += 64 + bytes_of(*histogram);
  return bytes;
}

std::int64_t HeadSeries::newest_ms() const {
  if (!open_.empty()) return open_.last_ms();
  if (!chunks_.empty()) return chunks_.back().last_ms();
  return rest_ && !rest_->late.empty() ? rest_->late.back().timestamp_ms : INT64_MIN;
}

void HeadSeries::append(const Sample& sample) {
  open_.append(sample);
  if (open_.size() >= chunk_samples) close();
}

void HeadSeries::close() {
  if (open_.empty()) return;
  open_.shrink();
  chunks_.push_back(std::exchange(open_, HeadChunk()));
}

bool HeadSeries::insert(const Sample& sample, const HistogramPtr& histogram) {
  // What stands for a histogram says nothing about its place in a list here.
  const Sample kept{sample.timestamp_ms, histogram ? histogram_value(0) : sample.value};
  if (kept.timestamp_ms > newest_ms()) {
    append(kept);
  } else {
    if (find(kept.timestamp_ms)) return false;
    if (!rest_) rest_ = std::make_unique<Rest>();
    rest_->late.insert(place_of(rest_->late, kept.timestamp_ms), kept);
  }
  keep_histogram(kept, histogram);
  if (rest_ && rest_->late.size() > late_max && frozen_ == 0) work_in_late();
  return true;
}

void HeadSeries::keep_histogram(const Sample& sample, const HistogramPtr& histogram) {
  if (!histogram) return;
  if (!rest_) rest_ = std::make_unique<Rest>();
  auto& map = rest_->histograms;
  const auto after = map.lower_bound(sample.timestamp_ms);
  const HistogramPtr before = after == map.begin() ? nullptr : std::prev(after)->second;
  map.emplace_hint(after, sample.timestamp_ms, with_hint(histogram, before));
}

HistogramPtr HeadSeries::histogram_at(const Sample& sample) const {
  return is_histogram(sample.value) && rest_ ? rest_->histograms.at(sample.timestamp_ms) : nullptr;
}

std::optional<Sample> HeadSeries::find(std::int64_t timestamp_ms) const {
  std::vector<Sample> found;
  read_chunks(timestamp_ms, timestamp_ms, found);
  if (!found.empty()) return found.front();
  if (!rest_) return std::nullopt;
  const auto at = place_of(rest_->late, timestamp_ms);
  if (at == rest_->late.end() || at->timestamp_ms != timestamp_ms) return std::nullopt;
  return *at;
}

std::optional<HeadSeries::Stored> HeadSeries::at(std::int64_t timestamp_ms) const {
  const auto sample = find(timestamp_ms);
  if (!sample) return std::nullopt;
  return Stored{*sample, histogram_at(*sample)};
}

void HeadSeries::read_chunks(std::int64_t start_ms, std::int64_t end_ms,
                             std::vector<Sample>& out) const {
  for (const HeadChunk& chunk : chunks_)
    if (overlaps(chunk, start_ms, end_ms)) chunk.read(out);
  if (overlaps(open_, start_ms, end_ms)) open_.read(out);
  cut(out, start_ms, end_ms);
}

SampleRun HeadSeries::run_of(const std::vector<Sample>& samples) const {
  SampleRun run;
  run.samples.reserve(samples.size());
  for (const Sample& sample : samples)
    append_sample(run, sample.timestamp_ms, sample.value, histogram_at(sample));
  return run;
}

SampleRun HeadSeries::read(std::int64_t start_ms, std::int64_t end_ms) const {
  std::vector<Sample> samples;
  read_chunks(start_ms, end_ms, samples);
  if (!rest_) return {std::move(samples), {}};
  std::vector<Sample> late = rest_->late;
  cut(late, start_ms, end_ms);
  std::vector<Sample> joined;
  std::merge(samples.begin(), samples.end(), late.begin(), late.end(), std::back_inserter(joined),
             sluice::earlier);
  return run_of(joined);
}

bool HeadSeries::any(std::int64_t start_ms, std::int64_t end_ms) const {
  const auto inside = [&](std::int64_t t) { return start_ms <= t && t <= end_ms; };
  const auto touches = [&](const HeadChunk& chunk) {
    return !chunk.empty() && (inside(chunk.first_ms()) || inside(chunk.last_ms()));
  };
  if (touches(open_) || std::any_of(chunks_.begin(), chunks_.end(), touches)) return true;
  return !read(start_ms, end_ms).samples.empty();
}

void HeadSeries::work_in_late() {
  const std::vector<Sample> late = std::exchange(rest_->late, {});
  std::vector<Sample> samples;
  read_chunks(INT64_MIN, INT64_MAX, samples);
  chunks_.clear();
  open_ = HeadChunk();
  std::vector<Sample> joined;
  std::merge(samples.begin(), samples.end(), late.begin(), late.end(), std::back_inserter(joined),
             sluice::earlier);
  for (const Sample& sample : joined) append(sample);
  trim_rest();
}

void HeadSeries::freeze() {
  // If a seal failed, what it froze is frozen again.
  if (rest_ && !rest_->late.empty()) work_in_late();
  close();
  frozen_ = static_cast<std::uint32_t>(chunks_.size());
}

SampleRun HeadSeries::frozen_run() const {
  std::vector<Sample> samples;
  for (std::uint32_t i = 0; i < frozen_; ++i) chunks_[i].read(samples);
  return run_of(samples);
}

std::size_t HeadSeries::drop_frozen() {
  std::size_t dropped = 0;
  for (std::uint32_t i = 0; i < frozen_; ++i) dropped += chunks_[i].size();
  if (rest_ && !rest_->histograms.empty())
    for (const Sample& sample : frozen_run().samples) rest_->histograms.erase(sample.timestamp_ms);
  std::vector<HeadChunk> left(std::make_move_iterator(chunks_.begin() + frozen_),
                              std::make_move_iterator(chunks_.end()));
  chunks_ = std::move(left);
  frozen_ = 0;
  trim_rest();
  return dropped;
}

void HeadSeries::trim_rest() {
  if (rest_ && rest_->late.empty() && rest_->histograms.empty()) rest_.reset();
}

}  // namespace sluice::storage
