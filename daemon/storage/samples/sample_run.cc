#include "daemon/storage/samples/sample_run.h"

#include <bit>

#include "query/engine/histogram_ops.h"

namespace sluice::storage {

void append_sample(SampleRun& out, std::int64_t timestamp_ms, double value,
                   const HistogramPtr& histogram) {
  if (histogram) value = add_histogram(out.histograms, histogram);
  out.samples.push_back({timestamp_ms, value});
}

void append_sample(SampleRun& out, const Sample& sample, const HistogramList& from) {
  append_sample(out, sample.timestamp_ms, sample.value, histogram_of(sample, from));
}

void join_samples(SampleRun& out, const SampleRun& later) {
  if (later.samples.empty()) return;
  if (out.samples.empty() || earlier(out.samples.back(), later.samples.front())) {
    for (const Sample& sample : later.samples) append_sample(out, sample, later.histograms);
    return;
  }
  SampleRun joined;
  joined.samples.reserve(out.samples.size() + later.samples.size());
  auto a = out.samples.begin();
  auto b = later.samples.begin();
  while (a != out.samples.end() || b != later.samples.end()) {
    const bool from_out = b == later.samples.end() || (a != out.samples.end() && !earlier(*b, *a));
    if (from_out && b != later.samples.end() && a->timestamp_ms == b->timestamp_ms) ++b;
    if (from_out)
      append_sample(joined, *a++, out.histograms);
    else
      append_sample(joined, *b++, later.histograms);
  }
  out = std::move(joined);
}

bool same_sample(double a, const HistogramPtr& a_histogram, double b,
                 const HistogramPtr& b_histogram) {
  if (a_histogram && b_histogram) return query::equal(*a_histogram, *b_histogram);
  if (a_histogram || b_histogram) return false;
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

HistogramPtr with_hint(const HistogramPtr& histogram, const HistogramPtr& before) {
  if (histogram->hint == CounterReset::gauge) return histogram;
  NativeHistogram copy = *histogram;
  copy.hint = CounterReset::unknown;
  const bool goes_on =
      before && before->hint != CounterReset::gauge && !query::is_reset(*before, copy);
  if (goes_on) copy.hint = CounterReset::not_reset;
  return std::make_shared<const NativeHistogram>(std::move(copy));
}

}  // namespace sluice::storage
