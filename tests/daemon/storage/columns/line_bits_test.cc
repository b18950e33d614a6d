// The bits of a line: both ways to compute them, and the walk along them.
#include "daemon/storage/columns/line_bits.h"

#include <catch2/catch_test_macros.hpp>
#include <random>

#include "daemon/storage/columns/byte_class.h"
#include "tests/daemon/storage/columns/line_samples.h"

using namespace sluice;
using namespace sluice::storage;

TEST_CASE("SIMD and scalar bits agree on every byte in every place") {
  for (unsigned c = 0; c < 256; ++c) {
    std::string block(64, ' ');
    for (std::size_t i = 0; i < 64; ++i) {
      block[i] = static_cast<char>(c);
      CHECK(block_bits(block.data()) == block_bits_scalar(block.data()));
      block[i] = ' ';
    }
  }
}

TEST_CASE("walking along the bits is walking along the bytes") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  LineBits bits;
  for (int round = 0; round < 3000; ++round) {
    const std::string line = test::random_syntax(random, 300);
    bits.fill(line);
    const std::size_t at = random() % (line.size() + 1);
    const auto token = [&](std::size_t i) { return in_class(line[i], token_byte); };
    std::size_t end = at;
    while (end < line.size() && token(end)) ++end;
    CHECK(bits.token_end(at) == end);
    const std::size_t event = line.find_first_of("0123456789=\"'", at);
    CHECK(bits.next_event(at) == std::min(event, line.size()));
    for (std::size_t i = 0; i < 64; ++i) {
      const bool digit = at + i < line.size() && in_class(line[at + i], digit_byte);
      if ((bits.digits(at) >> i & 1) != digit) FAIL_CHECK("digit " << i << " of " << line);
    }
    if (at == line.size() || !token(at)) continue;
    std::size_t begin = at;
    while (begin > 0 && token(begin - 1)) --begin;
    CHECK(bits.token_begin(at) == begin);
  }
}
