// SampleWrite: the samples of one write, laid flat: three lists for all series together, and texts
// that lie in the sender's message. Nothing in it is allocated per series or sample.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/types/log_entry.h"

namespace sluice::storage {

// A label that lies elsewhere.
struct LabelView {
  std::string_view name;
  std::string_view value;
};

struct SampleWrite {
  struct Series {
    std::uint32_t first_label = 0;
    std::uint32_t labels = 0;  // in order of names, each once, no value empty
    std::uint32_t first_sample = 0;
    std::uint32_t samples = 0;
    const HistogramList* histograms = nullptr;  // those its samples name; null: none
  };
  std::vector<LabelView> labels;
  std::vector<Sample> samples;
  std::vector<Series> series;

  // Appends a series; it must outlive this.
  void add(const SeriesSamples& one) {
    Series flat;
    flat.first_label = static_cast<std::uint32_t>(labels.size());
    flat.first_sample = static_cast<std::uint32_t>(samples.size());
    for (const Label& label : one.labels) labels.push_back({label.name, label.value});
    samples.insert(samples.end(), one.samples.begin(), one.samples.end());
    flat.labels = static_cast<std::uint32_t>(labels.size()) - flat.first_label;
    flat.samples = static_cast<std::uint32_t>(one.samples.size());
    if (!one.histograms.empty()) flat.histograms = &one.histograms;
    series.push_back(flat);
  }
};

}  // namespace sluice::storage
