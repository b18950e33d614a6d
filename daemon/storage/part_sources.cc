#include "daemon/storage/part_sources.h"

#include <algorithm>

namespace sluice::storage {

namespace {

// Within [start, end]; histograms keep their places in the list.
void cut(SampleRun& run, std::int64_t start_ms, std::int64_t end_ms) {
  auto& samples = run.samples;
  const Sample start{start_ms, 0};
  const Sample end{end_ms, 0};
  samples.erase(std::upper_bound(samples.begin(), samples.end(), end, sluice::earlier),
                samples.end());
  samples.erase(samples.begin(),
                std::lower_bound(samples.begin(), samples.end(), start, sluice::earlier));
}

}  // namespace

const std::vector<query::LabelMatcher>& every_series() {
  static const std::vector<query::LabelMatcher> none;
  return none;
}

Result<void> PartSources::add(const TenantSamples::PartsView& view, const std::string& key) {
  for (const auto& part : view.parts) {
    auto cursor = std::make_unique<SamplePartCursor>(cache_, part, view.snapshot, matchers_);
    SLUICE_TRY(const bool any, key.empty() ? cursor->next() : cursor->seek(key));
    damaged_ = damaged_ || cursor->damaged();
    if (any) sources_.push_back(std::move(cursor));
  }
  std::sort(sources_.begin(), sources_.end(), [](const auto& a, const auto& b) {
    return a->part().summary.number < b->part().summary.number;
  });
  return {};
}

const std::string* PartSources::least() const {
  const std::string* least = nullptr;
  for (const auto& source : sources_)
    if (!least || source->key() < *least) least = &source->key();
  return least;
}

Result<SampleRun> PartSources::read(const std::string& key, std::int64_t start_ms,
                                    std::int64_t end_ms) {
  SampleRun joined;
  for (const auto& source : sources_) {
    if (source->key() != key) continue;
    SLUICE_TRY(SampleRun run, source->read());
    damaged_ = damaged_ || source->damaged();
    cut(run, start_ms, end_ms);
    if (joined.samples.empty())
      joined = std::move(run);
    else
      join_samples(joined, run);
  }
  return joined;
}

Result<void> PartSources::seek(const std::string& key) {
  for (auto& source : sources_) {
    if (source->key() >= key) continue;
    SLUICE_TRY(const bool more, source->seek(key));
    damaged_ = damaged_ || source->damaged();
    if (!more) source.reset();
  }
  std::erase(sources_, nullptr);
  return {};
}

Result<void> PartSources::pass(const std::string& key) {
  for (auto& source : sources_) {
    if (source->key() != key) continue;
    SLUICE_TRY(const bool more, source->next());
    damaged_ = damaged_ || source->damaged();
    if (!more) source.reset();
  }
  std::erase(sources_, nullptr);
  return {};
}

}  // namespace sluice::storage
