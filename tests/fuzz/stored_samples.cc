// Stored samples: decoders survive foreign bytes, and any samples come back bit by bit.
#include <bit>
#include <cstring>
#include <vector>

#include "daemon/storage/sample_batch.h"
#include "daemon/storage/sample_part.h"
#include "daemon/storage/samples/head_chunk.h"
#include "daemon/storage/samples/histogram_codec.h"
#include "daemon/storage/samples/label_key.h"
#include "daemon/storage/samples/sample_group.h"
#include "daemon/storage/samples/time_table.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;
using namespace sluice::storage;

bool same(const std::vector<Sample>& a, const std::vector<Sample>& b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](const Sample& x, const Sample& y) {
           return x.timestamp_ms == y.timestamp_ms &&
                  std::bit_cast<std::uint64_t>(x.value) == std::bit_cast<std::uint64_t>(y.value);
         });
}

// What decodes encodes again, and to the same.
void check_histograms(std::string_view payload) {
  const auto run = decode_histogram_chunk(payload);
  if (!run) return;
  fuzz::require(!run->samples.empty(), "chunks are not empty");
  const auto back = decode_histogram_chunk(encode_histogram_chunk(run->samples, run->histograms));
  fuzz::require(back && back->samples.size() == run->samples.size(), "histograms come back");
}

void check_values(fuzz::FuzzInput& input) {
  const auto kind = static_cast<ValueKind>(input.below(7));
  const auto layout = input.below(2) == 0 ? ValueLayout::packed : ValueLayout::bytes;
  std::vector<Sample> out(input.below(300) + 1);
  (void)read_values(kind, layout, input.rest(), out);
}

void check_times(std::string_view table) {
  // A few bytes may stand for many regular timestamps: not worth the time here.
  if (ByteReader(table).varint() > 100'000) return;
  const auto times = read_times(table);
  if (!times) return;
  std::vector<Sample> samples;
  for (const std::int64_t time : *times) samples.push_back({time, 0});
  std::string again;
  put_times(again, samples);
  const auto back = read_times(again);
  fuzz::require(back && *back == *times, "timestamps come back");
}

void check_group(std::string_view payload) {
  const auto group = SampleGroup::decode(payload);
  if (!group) return;
  const std::vector<std::int64_t> times = {1, 2, 5};
  for (std::size_t i = 0; i < group->size(); ++i) (void)group->read(i, times).has_value();
}

void check_key(std::string_view key) {
  const auto labels = parse_label_key(key);
  if (labels) fuzz::require(label_key(*labels) == key, "label keys have one form");
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
    const double value = std::bit_cast<double>(bits);
    samples.push_back({time, is_histogram(value) ? 0 : value});
  }
}

void make_decimal(std::vector<Sample>& samples) {
  for (Sample& sample : samples) {
    const auto bits = std::bit_cast<std::uint64_t>(sample.value);
    sample.value = static_cast<double>(bits >> (12 + bits % 50)) / (bits % 2 ? 1 : 100);
  }
}

void check_own(const std::vector<Sample>& samples) {
  if (samples.empty()) return;
  HeadChunk chunk;
  for (const Sample& sample : samples) chunk.append(sample);
  std::vector<Sample> head;
  chunk.read(head);
  fuzz::require(same(head, samples), "samples come back from the head");
  const std::vector<GroupSeries> group = {{"key", 3, {samples, {}}}};
  const auto back = SampleGroup::decode(encode_group_samples(group, 1));
  fuzz::require(back && back->size() == 1, "groups come back");
  std::vector<std::int64_t> times;
  for (const Sample& sample : samples) times.push_back(sample.timestamp_ms);
  const auto run = back->read(0, times);
  fuzz::require(run && same(run->samples, samples), "samples come back bit by bit");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::FuzzInput input(data, size);
  std::vector<Sample> samples;
  switch (input.below(12)) {
    case 0: check_values(input); break;
    case 1: (void)decode_sample_batch(input.rest()).has_value(); break;
    case 2: check_histograms(input.rest()); break;
    case 3: check_times(input.rest()); break;
    case 4: check_group(input.rest()); break;
    case 5: (void)decode_group_labels(input.rest()).has_value(); break;
    case 6: (void)decode_time_block(input.rest()).has_value(); break;
    case 7: (void)decode_sample_index(input.rest()).has_value(); break;
    case 8: (void)decode_sample_summary(input.rest()).has_value(); break;
    case 9: check_key(input.rest()); break;
    case 10:
      samples = samples_from(input);
      make_decimal(samples);
      check_own(samples);
      break;
    default: check_own(samples_from(input));
  }
  return 0;
}
