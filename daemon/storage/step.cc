#include "daemon/storage/store.h"

namespace sluice::storage {

void Step::put(Keyspace space, std::string key, std::string value) {
  changes_.push_back({space, std::move(key), std::move(value)});
}

void Step::remove(Keyspace space, std::string key) {
  changes_.push_back({space, std::move(key), std::nullopt});
}

void Step::write(const TenantId& tenant, std::vector<SeriesSamples> samples) {
  samples_.push_back({tenant, std::move(samples)});
}

Result<void> Store::check_room(std::size_t) {
  return {};
}

Result<WriteOutcome> Store::write_flat(const TenantId& tenant, SampleWrite& samples,
                                       std::vector<MetricMetadata> metadata,
                                       std::vector<SeriesExemplars> exemplars) {
  std::vector<SeriesSamples> series;
  for (const auto& one : samples.series) {
    SeriesSamples copy;
    for (std::uint32_t i = 0; i < one.labels; ++i) {
      const LabelView& label = samples.labels[one.first_label + i];
      copy.labels.set(label.name, label.value);
    }
    const auto begin = samples.samples.begin() + one.first_sample;
    copy.samples.assign(begin, begin + one.samples);
    if (one.histograms) copy.histograms = *one.histograms;
    series.push_back(std::move(copy));
  }
  return write(tenant, std::move(series), std::move(metadata), std::move(exemplars));
}

}  // namespace sluice::storage
