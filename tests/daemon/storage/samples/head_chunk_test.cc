// Compressed samples in memory: bit by bit, and small.
#include "daemon/storage/samples/head_chunk.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/daemon/storage/samples/random_samples.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

HeadChunk chunk_of(const std::vector<Sample>& samples) {
  HeadChunk chunk;
  for (const Sample& sample : samples) chunk.append(sample);
  return chunk;
}

void check_comes_back(const std::vector<Sample>& samples) {
  HeadChunk chunk = chunk_of(samples);
  std::vector<Sample> back;
  chunk.read(back);
  CHECK(same_samples(back, samples));
  chunk.shrink();
  back.clear();
  chunk.read(back);
  CHECK(same_samples(back, samples));
}

std::size_t bytes_of_values(double (*value)(int)) {
  std::vector<Sample> samples;
  for (int i = 0; i < 120; ++i) samples.push_back({1'000'000 + i * 15'000, value(i)});
  check_comes_back(samples);
  HeadChunk chunk = chunk_of(samples);
  chunk.shrink();
  return chunk.bytes();
}

}  // namespace

TEST_CASE("random samples come back from a head chunk bit by bit") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  Random random(seed);
  for (int round = 0; round < 400; ++round)
    check_comes_back(random_samples(random, random() % 300 + 1, random() % 2 == 0));
}

TEST_CASE("head chunks hold any timestamps") {
  check_comes_back({{INT64_MIN, 1}, {0, 2}, {INT64_MAX, 3}});
  check_comes_back({{INT64_MIN, 1}});
  for (int bits = 0; bits < 62; ++bits)
    check_comes_back({{0, 1}, {(std::int64_t{1} << bits), 2}, {(std::int64_t{1} << bits) + 1, 3}});
}

TEST_CASE("what metrics usually are takes few bytes in the head") {
  CHECK(bytes_of_values([](int) { return 1.5; }) <= 48);
  CHECK(bytes_of_values([](int i) { return 1e6 + i * 37 % 64 + i * 1000.0; }) <= 330);
  CHECK(bytes_of_values([](int i) { return std::round(12345.0 + i * 15 + i * 7 % 29) / 100; }) <=
        300);
  CHECK(bytes_of_values([](int i) { return 4096.0 * (1'000'000 + i * 37 % 64); }) <= 430);
}
