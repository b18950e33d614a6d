// SampleRun: samples with the native histograms they name, as the store passes them on.
#pragma once

#include <vector>

#include "base/types/log_entry.h"

namespace sluice::storage {

struct SampleRun {
  std::vector<Sample> samples;  // ascending, unique
  HistogramList histograms;     // those the samples name
};

// The histogram a sample names in its list; null for a float.
inline HistogramPtr histogram_of(const Sample& sample, const HistogramList& list) {
  const std::size_t place = histogram_place(sample.value);
  return is_histogram(sample.value) && place < list.size() ? list[place] : nullptr;
}

// Appends a sample, naming its histogram in the run's own list.
void append_sample(SampleRun& out, std::int64_t timestamp_ms, double value,
                   const HistogramPtr& histogram);
void append_sample(SampleRun& out, const Sample& sample, const HistogramList& from);

// Joins later samples into earlier ones; at equal timestamps those of `out` stay.
void join_samples(SampleRun& out, const SampleRun& later);

// Whether the two are the same sample, bit by bit; hints aside.
bool same_sample(double a, const HistogramPtr& a_histogram, double b,
                 const HistogramPtr& b_histogram);

// The hint of a histogram by what stands before it in the same run: counters that go on say so.
HistogramPtr with_hint(const HistogramPtr& histogram, const HistogramPtr& before);

}  // namespace sluice::storage
