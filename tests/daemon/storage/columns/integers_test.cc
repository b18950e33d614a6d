// Integers come back, whatever they are, in the transform that suits them.
#include <limits>

#include "daemon/storage/columns/column_codec.h"
#include "daemon/storage/columns/graded.h"
#include "tests/daemon/storage/columns/column_values.h"

using namespace sluice;
using namespace sluice::storage;

namespace {

using Numbers = std::vector<std::int64_t>;
constexpr auto least = std::numeric_limits<std::int64_t>::min();
constexpr auto most = std::numeric_limits<std::int64_t>::max();

// As 16 bits they are the same, or refused if one does not fit.
void check_small(std::string_view bytes, const Numbers& numbers) {
  ByteReader in(bytes);
  const auto small = decode_small_integers(in, numbers.size());
  const bool fit = std::all_of(numbers.begin(), numbers.end(),
                               [](std::int64_t n) { return n >= 0 && n <= UINT16_MAX; });
  REQUIRE(small.has_value() == fit);
  if (!fit) return;
  CHECK(in.finished());
  CHECK(Numbers(small->begin(), small->end()) == numbers);
}

std::string encoded(const Numbers& numbers) {
  std::string out;
  encode_integers(numbers, out);
  ByteReader in(out);
  const auto back = decode_integers(in, numbers.size());
  REQUIRE(back.has_value());
  REQUIRE(in.finished());
  REQUIRE(*back == numbers);
  check_small(out, numbers);
  return out;
}

std::string encoded_times(const Numbers& ns, int level = 1) {
  std::string out;
  encode_timestamps(ns, level, out);
  ByteReader in(out);
  const auto back = decode_integers(in, ns.size());
  REQUIRE(back.has_value());
  REQUIRE(in.finished());
  REQUIRE(*back == ns);
  return out;
}

// Times of `rows` lines in bursts, a multiple of `unit` apart; now and then another stream begins.
Numbers random_times(std::mt19937_64& random, std::size_t rows, std::int64_t unit) {
  std::exponential_distribution<double> gap(1e-3);
  Numbers times;
  std::int64_t now = 1'767'323'045'000'000'000;
  for (std::size_t i = 0; i < rows; ++i) {
    now += unit * static_cast<std::int64_t>(gap(random));
    if (random() % 1000 == 0) now -= unit * static_cast<std::int64_t>(random() % 1'000'000);
    times.push_back(now);
  }
  return times;
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
  for (int round = 0; round < 300; ++round) {
    const Numbers numbers = random_numbers(random);
    encoded(numbers);
    encoded_times(numbers);
  }
}

TEST_CASE("the example of graded numbers") {
  const std::vector<std::uint64_t> numbers = {5, 8, 13, 100};
  std::string out;
  put_graded(numbers, 1, out);
  CHECK(hex(out.substr(out.size() - 1)) == "12");
  Numbers back(4);
  ByteReader in(out);
  REQUIRE(get_graded(in, back));
  CHECK(back == Numbers{5, 8, 13, 100});
}

TEST_CASE("graded numbers of every size come back, and are gone when cut") {
  std::vector<std::uint64_t> numbers = {0};
  for (int bit = 0; bit < 64; ++bit)
    for (const std::uint64_t off : {-1, 0, 1}) numbers.push_back((std::uint64_t{1} << bit) + off);
  numbers.push_back(~std::uint64_t{0});
  std::string out;
  put_graded(numbers, 3, out);
  std::vector<std::int64_t> back(numbers.size());
  ByteReader in(out);
  REQUIRE(get_graded(in, back));
  CHECK(in.finished());
  CHECK(std::equal(numbers.begin(), numbers.end(), back.begin(),
                   [](auto a, auto b) { return a == static_cast<std::uint64_t>(b); }));
  for (std::size_t n = 0; n < out.size(); ++n) {
    ByteReader cut(std::string_view(out).substr(0, n));
    CHECK_FALSE(get_graded(cut, back));
  }
}

TEST_CASE("timestamps come back, of any streams and in any unit") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 100; ++round) {
    static constexpr std::int64_t units[] = {1, 1'000, 1'000'000, 1'000'000'000, 7};
    encoded_times(random_times(random, random() % 2'000, units[random() % 5]), 1 + round % 6);
  }
  Numbers extremes(300, least);
  for (std::size_t i = 0; i < extremes.size(); i += 3) extremes[i] = most - std::int64_t(i);
  encoded_times(extremes);
}

TEST_CASE("timestamps cost what is not known of them, whatever their unit") {
  std::mt19937_64 random(4);
  // A step has about 11.5 bits (log2(1000 e)); the starts of streams come on top.
  for (const std::int64_t unit : {1, 1'000'000}) {
    const auto out = encoded_times(random_times(random, 20'000, unit), 3);
    CHECK(out[0] == 6);
    CHECK(out.size() < 20'000 * 12 / 8);
  }
}

TEST_CASE("numbers that stay for a while are stored once per stay") {
  std::mt19937_64 random(5);
  Numbers numbers;
  while (numbers.size() < 10'000) {
    const auto user = static_cast<std::int64_t>(random() % 200'000);
    for (auto left = 1 + random() % 3; left > 0; --left) numbers.push_back(user);
  }
  const auto out = encoded(numbers);
  CHECK(out[0] == 7);
  CHECK(out.size() < 10'000 * 3 / 2);
}

TEST_CASE("integers of 16 bits are read in any transform, up to their greatest") {
  encoded({0, UINT16_MAX});
  encoded({UINT16_MAX, UINT16_MAX - 1, UINT16_MAX - 300});
  encoded({UINT16_MAX, UINT16_MAX - 1, UINT16_MAX + 1});
  encoded(Numbers(100, 7));
  encoded(Numbers(100, UINT16_MAX + 1));
  Numbers steps;
  Numbers runs;
  for (std::int64_t i = 0; i < 3000; ++i) {
    steps.push_back(20 * i + i % 3);
    runs.push_back((i / 7 * 40'503) % 60'000);
  }
  encoded(steps);
  encoded(runs);
}

TEST_CASE("runs that do not add up are corrupt") {
  const auto decode = [](std::string_view bytes, std::size_t count) {
    ByteReader in(bytes);
    return decode_integers(in, count).has_value();
  };
  using namespace std::string_view_literals;
  constexpr auto good = "\x07\x02\x02\x0a\x01\x02\x01\x04"sv;  // 5, 6, each three times
  CHECK(decode(good, 6));
  CHECK_FALSE(decode(good, 5));
  CHECK_FALSE(decode(good, 7));
  CHECK_FALSE(decode("\x07\x00"sv, 1));
  CHECK_FALSE(decode("\x07\x01\x01\x0a\x01\x01"sv, 3));          // a length below 0
  CHECK_FALSE(decode("\x07\x01\x07\x01\x01\x0a\x01\x00"sv, 1));  // runs of runs
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
  CHECK_FALSE(decode("\x08\x02\x01\x01", 1));
  CHECK_FALSE(decode(std::string_view("\x06\x02\x00\x00", 4), 1));  // a unit of 0
  CHECK_FALSE(decode("\x02\x02\x03z", 1));
  CHECK_FALSE(decode(std::string_view("\x04\x02\x02\x00", 4), 1));
  CHECK_FALSE(decode("\x01\x02", SlotColumn::max_rows + 1));
}
