// Stored samples: decoders survive foreign bytes, and any samples come back bit by bit.
#include <bit>
#include <cstring>
#include <vector>

#include "daemon/storage/decimal_chunk.h"
#include "daemon/storage/histogram_codec.h"
#include "daemon/storage/sample_batch.h"
#include "daemon/storage/sample_chunk.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;
using namespace sluice::storage;

void check_chunk(std::string_view payload) {
  const auto samples = decode_chunk(payload);
  if (samples) fuzz::require(!samples->empty(), "chunks are not empty");
}

// What decodes encodes again, and to the same.
void check_histograms(std::string_view payload) {
  const auto run = decode_histogram_chunk(payload);
  if (!run) return;
  fuzz::require(!run->samples.empty(), "chunks are not empty");
  const auto back =
      decode_histogram_chunk(encode_histogram_chunk(run->samples, run->histograms));
  fuzz::require(back && back->samples.size() == run->samples.size(), "histograms come back");
}

std::vector<Sample> samples_from(fuzz::FuzzInput& input) {
  std::vector<Sample> samples;
  std::int64_t time = 0;
  while (true) {
    const std::string_view bytes = input.take(10);
    if (bytes.size() < 10) return samples;
    std::uint64_t bits = 0;
    std::memcpy(&bits, bytes.data(), sizeof bits);
    const auto step = static_cast<std::uint8_t>(bytes[8]);
    // Mostly small steps, sometimes days: all widths of the bit stream occur.
    time += 1 + (std::int64_t{step} << (static_cast<std::uint8_t>(bytes[9]) % 32));
    samples.push_back({time, std::bit_cast<double>(bits)});
  }
}

// The decimal form of any samples that have one; whole numbers have.
void check_decimal(std::vector<Sample> samples) {
  if (samples.empty()) return;
  for (Sample& sample : samples) {
    const auto bits = std::bit_cast<std::uint64_t>(sample.value);
    sample.value = static_cast<double>(bits >> (12 + bits % 50)) / (bits % 2 ? 1 : 100);
  }
  const auto payload = encode_decimal_chunk(samples);
  if (!payload) return;
  const auto back = decode_decimal_chunk(*payload);
  fuzz::require(back && back->size() == samples.size(), "decimal chunks come back");
  for (std::size_t i = 0; i < samples.size(); ++i)
    fuzz::require((*back)[i].timestamp_ms == samples[i].timestamp_ms &&
                      std::bit_cast<std::uint64_t>((*back)[i].value) ==
                          std::bit_cast<std::uint64_t>(samples[i].value),
                  "decimal samples come back bit by bit");
}

void check_own(const std::vector<Sample>& samples) {
  if (samples.empty()) return;
  const auto back = decode_chunk(encode_chunk(samples));
  fuzz::require(back && back->size() == samples.size(), "chunks come back");
  for (std::size_t i = 0; i < samples.size(); ++i)
    fuzz::require((*back)[i].timestamp_ms == samples[i].timestamp_ms &&
                      std::bit_cast<std::uint64_t>((*back)[i].value) ==
                          std::bit_cast<std::uint64_t>(samples[i].value),
                  "samples come back bit by bit");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::FuzzInput input(data, size);
  switch (input.below(6)) {
    case 0: check_chunk(input.rest()); break;
    case 1: {
      const auto type =
          input.below(2) == 0 ? ValueType::sample_batch : ValueType::histogram_batch;
      (void)decode_sample_batch(type, input.rest()).has_value();
      break;
    }
    case 2: check_histograms(input.rest()); break;
    case 3: (void)decode_decimal_chunk(input.rest()).has_value(); break;
    case 4: check_decimal(samples_from(input)); break;
    default: check_own(samples_from(input));
  }
  return 0;
}
