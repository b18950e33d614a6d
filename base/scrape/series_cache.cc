#include "base/scrape/series_cache.h"

namespace sluice::scrape {

CachedText* SeriesCache::find(std::string_view text) {
  const auto found = texts_.find(text);
  return found == texts_.end() ? nullptr : &found->second;
}

CachedText& SeriesCache::add(std::string_view text, SeriesPtr series) {
  return texts_.insert_or_assign(std::string(text), CachedText{std::move(series), 0}).first->second;
}

SeriesPtr SeriesCache::series_of(LabelSet labels) {
  return *series_.insert(std::make_shared<KnownSeries>(std::move(labels))).first;
}

void SeriesCache::succeed(const std::vector<KnownSeries*>& seen,
                          const std::function<void(const LabelSet&)>& stale) {
  for (KnownSeries* series : seen) series->live_round = round_;
  for (const SeriesPtr& series : series_) {
    if (series->live_round == 0 || series->live_round == round_) continue;
    stale(series->labels);
    series->live_round = 0;
  }
  forget_unseen_texts();
  texts_at_success_ = texts_.size();
}

void SeriesCache::forget_unseen_texts() {
  std::erase_if(texts_, [&](const auto& entry) { return entry.second.last_round != round_; });
  forget_unnamed_series();
}

void SeriesCache::forget_unnamed_series() {
  std::erase_if(series_, [](const SeriesPtr& series) {
    return series->live_round == 0 && series.use_count() == 1;
  });
}

void SeriesCache::fail(const std::function<void(const LabelSet&)>& stale) {
  for (const SeriesPtr& series : take_live()) stale(series->labels);
  // A target that comes back finds its texts again, one that fails with new ones forever does not
  // fill the memory.
  if (texts_.size() > 2 * texts_at_success_ + 1'000)
    forget_unseen_texts();
  else
    forget_unnamed_series();
}

void SeriesCache::forget_exemplars() {
  for (const SeriesPtr& series : series_)
    if (series->exemplar_round == round_) series->last_exemplar = 0;
}

std::vector<SeriesPtr> SeriesCache::take_live() {
  std::vector<SeriesPtr> live;
  for (const SeriesPtr& series : series_) {
    if (series->live_round == 0) continue;
    series->live_round = 0;
    live.push_back(series);
  }
  return live;
}

void SeriesCache::strike_live(SeriesSet& others) const {
  if (series_.size() < others.size()) {
    for (const SeriesPtr& series : series_)
      if (series->live_round != 0) others.erase(series);
    return;
  }
  std::erase_if(others, [&](const SeriesPtr& other) {
    const auto known = series_.find(other);
    return known != series_.end() && (*known)->live_round != 0;
  });
}

}  // namespace sluice::scrape
