#include "base/scrape/series_cache.h"

namespace sluice::scrape {

CachedSeries* SeriesCache::find(std::string_view text) {
  const auto found = texts_.find(text);
  return found == texts_.end() ? nullptr : &found->second;
}

CachedSeries& SeriesCache::add(std::string_view text, CachedSeries series) {
  return texts_.insert_or_assign(std::string(text), std::move(series)).first->second;
}

void SeriesCache::succeed(const std::vector<const CachedSeries*>& seen,
                          const std::function<void(const LabelSet&)>& stale) {
  for (const CachedSeries* series : seen) live_[series->hash] = {series->labels, round_};
  std::erase_if(live_, [&](const auto& entry) {
    if (entry.second.round == round_) return false;
    stale(*entry.second.labels);
    return true;
  });
  forget_unseen_texts();
  texts_at_success_ = texts_.size();
}

void SeriesCache::forget_unseen_texts() {
  std::erase_if(texts_, [&](const auto& entry) { return entry.second.last_round != round_; });
}

void SeriesCache::fail(const std::function<void(const LabelSet&)>& stale) {
  for (const auto& [hash, series] : live_) stale(*series.labels);
  live_.clear();
  // A target that comes back finds its texts again, one that fails with new ones forever does not
  // fill the memory.
  if (texts_.size() > 2 * texts_at_success_ + 1'000) forget_unseen_texts();
}

bool SeriesCache::describe(MetricMetadata metadata) {
  const auto found = descriptions_->find(metadata.family);
  if (found != descriptions_->end()) {
    const MetricMetadata& known = found->second;
    if (known.type == metadata.type && known.help == metadata.help && known.unit == metadata.unit)
      return false;
  }
  // Readers keep the map they have; a new one is made at the first change after they took it.
  if (descriptions_.use_count() > 1) descriptions_ = std::make_shared<Descriptions>(*descriptions_);
  std::string family = metadata.family;
  descriptions_->insert_or_assign(std::move(family), std::move(metadata));
  return true;
}

}  // namespace sluice::scrape
