// io.prometheus.client.Histogram: classic buckets, native ones, or both. For protobuf_format.cc;
// what is malformed throws protozero::exception.
#pragma once

#include <protozero/exception.hpp>
#include <protozero/pbf_reader.hpp>
#include <vector>

#include "base/scrape/exposed_exemplar.h"
#include "base/types/histogram.h"

namespace sluice::scrape {

// A message of two bytes must not become fifty in memory without an end.
struct TooManyElements : protozero::exception {
  const char* what() const noexcept override { return "too many labels or buckets"; }
};

struct ClassicBucket {
  double upper_bound = 0;
  double count = 0;  // cumulative
  std::optional<ExposedExemplar> exemplar = {};
};

struct ExposedHistogram {
  double count = 0;
  double sum = 0;
  std::vector<ClassicBucket> buckets;      // the last is +Inf
  HistogramPtr native;                     // null: it has none
  std::vector<ExposedExemplar> exemplars;  // of the native one
  const char* problem = nullptr;           // what is wrong with the native one
};

// More classic buckets than `most_buckets` throw TooManyElements.
ExposedHistogram read_exposed_histogram(protozero::pbf_reader reader, bool gauge,
                                        std::size_t most_buckets);

}  // namespace sluice::scrape
