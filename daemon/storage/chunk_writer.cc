#include "daemon/storage/chunk_writer.h"

#include "daemon/storage/decimal_chunk.h"
#include "daemon/storage/histogram_codec.h"
#include "daemon/storage/sample_chunk.h"

namespace sluice::storage {

namespace {

// In whichever form is smaller.
void put_floats(Batch& step, const std::string& key, std::span<const Sample> samples) {
  const std::string plain = encode_chunk(samples);
  const auto decimal = encode_decimal_chunk(samples);
  if (decimal && decimal->size() < plain.size())
    step.put(Family::chunk, key, ValueType::decimal_chunk, *decimal);
  else
    step.put(Family::chunk, key, ValueType::chunk, plain);
}

}  // namespace

void put_chunk(Batch& step, const std::string& key, std::span<const Sample> samples,
               const HistogramList& list) {
  if (is_histogram(samples.front().value))
    step.put(Family::chunk, key, ValueType::histogram_chunk,
             encode_histogram_chunk(samples, list));
  else
    put_floats(step, key, samples);
}

}  // namespace sluice::storage
