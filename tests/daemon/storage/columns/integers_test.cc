// Integers come back, whatever they are, in the transform that suits them.
#include <limits>

#include "daemon/storage/columns/column_codec.h"
#include "tests/daemon/storage/columns/column_values.h"

using namespace sluice;
using namespace sluice::storage;

namespace {

using Numbers = std::vector<std::int64_t>;
constexpr auto least = std::numeric_limits<std::int64_t>::min();
constexpr auto most = std::numeric_limits<std::int64_t>::max();

std::string encoded(const Numbers& numbers) {
  std::string out;
  encode_integers(numbers, out);
  ByteReader in(out);
  const auto back = decode_integers(in, numbers.size());
  REQUIRE(back.has_value());
  REQUIRE(in.finished());
  REQUIRE(*back == numbers);
  return out;
}

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    constexpr auto digits = "0123456789abcdef";
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

Numbers random_numbers(std::mt19937_64& random) {
  Numbers numbers;
  const std::size_t rows = random() % 600;
  const auto shift = random() % 64;
  const bool sums = random() % 2 == 0;
  std::int64_t last = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    const auto n = static_cast<std::int64_t>(random() >> shift);
    last = sums ? wrapping_add(last, n) : n;
    numbers.push_back(random() % 50 == 0 ? -last : last);
  }
  return numbers;
}

}  // namespace

TEST_CASE("the examples of the format page") {
  CHECK(hex(encoded({100, 103, 101})) == "02c801021c");
  ByteReader steps("\x04\x0a\x14\x02\x08");
  CHECK(decode_integers(steps, 4).value() == Numbers{5, 15, 25, 36});
  CHECK(steps.finished());
  CHECK(encoded({}).empty());
}

TEST_CASE("constants and even steps cost a few bytes") {
  CHECK(encoded(Numbers(10'000, 42)).size() == 2);
  Numbers even;
  for (int i = 0; i < 10'000; ++i) even.push_back(1'767'323'045 + 15 * i);
  CHECK(encoded(even).size() < 12);
}

TEST_CASE("extremes do not overflow") {
  encoded({least, most});
  encoded({most, least, 0, -1, 1, most, least});
  encoded({least});
  encoded({0, most, -2, least, 4, 6, 8, 10});
}

TEST_CASE("wide numbers that return are stored by rows") {
  std::mt19937_64 random(3);
  Numbers numbers;
  for (int i = 0; i < 500; ++i) numbers.push_back(static_cast<std::int64_t>(random()));
  for (std::size_t i = 0; i < 1'500; ++i) numbers.push_back(numbers[i]);
  CHECK(encoded(numbers)[0] == 5);
}

TEST_CASE("any integers come back") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 300; ++round) encoded(random_numbers(random));
}

TEST_CASE("integers that are cut, too wide or of no known transform are corrupt") {
  const auto decode = [](std::string_view bytes, std::size_t count) {
    ByteReader in(bytes);
    return decode_integers(in, count).has_value();
  };
  const std::string good = encoded({100, 103, 101});
  CHECK(decode(good, 3));
  for (std::size_t n = 0; n < good.size(); ++n)
    CHECK_FALSE(decode(std::string_view(good).substr(0, n), 3));
  CHECK_FALSE(decode(good, 5));
  CHECK_FALSE(decode(std::string_view("\x00\x00", 2), 1));
  CHECK_FALSE(decode("\x06\x02\x01\x01", 1));
  CHECK_FALSE(decode("\x02\x02\x03z", 1));
  CHECK_FALSE(decode(std::string_view("\x04\x02\x02\x00", 4), 1));
  CHECK_FALSE(decode("\x01\x02", SlotColumn::max_rows + 1));
}
