#include "daemon/storage/chunk_writer.h"

#include "daemon/storage/histogram_codec.h"
#include "daemon/storage/sample_chunk.h"

namespace sluice::storage {

void put_chunk(Batch& step, const std::string& key, std::span<const Sample> samples,
               const HistogramList& list) {
  if (is_histogram(samples.front().value))
    step.put(Family::chunk, key, ValueType::histogram_chunk,
             encode_histogram_chunk(samples, list));
  else
    step.put(Family::chunk, key, ValueType::chunk, encode_chunk(samples));
}

}  // namespace sluice::storage
