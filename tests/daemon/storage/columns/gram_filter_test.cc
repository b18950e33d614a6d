#include "daemon/storage/columns/gram_filter.h"

#include <catch2/catch_test_macros.hpp>

#include "base/types/ascii.h"
#include "tests/daemon/storage/columns/random_text.h"

namespace sluice::storage {
namespace {

constexpr std::string_view words = "abcdefghijklmnopqrstuvwxyz0123456789";

TEST_CASE("nothing added: no text of a gram's length is possible", "[columns]") {
  const GramFilter filter = GramFilterBuilder().finish();
  CHECK(filter.memory_bytes() == 0);
  CHECK(filter.may_contain("abc"));
  CHECK_FALSE(filter.may_contain("abcd"));
}

TEST_CASE("parts of a value are possible in any case", "[columns]") {
  GramFilterBuilder builder;
  builder.add("Connection-Reset");
  const GramFilter filter = builder.finish();
  CHECK(filter.may_contain("connection-reset"));
  CHECK(filter.may_contain("ECTION-RES"));
  CHECK(filter.may_contain("on-r"));
  CHECK_FALSE(filter.may_contain("refused!"));
  CHECK(filter.memory_bytes() == 8);
}

TEST_CASE("eight bytes in lower case at once, as one by one", "[columns]") {
  for (unsigned c = 0; c < 256; ++c) {
    const std::uint64_t each = 0x0101010101010101;
    const std::uint64_t word = each * c;
    const auto lower = static_cast<unsigned char>(to_lower(static_cast<char>(c)));
    REQUIRE(to_lower(word) == each * lower);
  }
  CHECK(to_lower(std::uint64_t{0xFF41005AFF40005B}) == 0xFF61007AFF40005B);
}

TEST_CASE("what was added is possible, most else is not", "[columns]") {
  const std::uint32_t seed = std::random_device{}();
  INFO("seed " << seed);
  RandomText random(seed);
  for (const std::size_t values : {1U, 50U, 3'000U, 60'000U}) {
    GramFilterBuilder builder;
    std::vector<std::string> added;
    for (std::size_t i = 0; i < values; ++i)
      builder.add(added.emplace_back(random.text(24, words)));
    const GramFilter filter = builder.finish();
    for (const auto& value : added) {
      const auto from = random.below(value.size() + 1);
      REQUIRE(filter.may_contain(std::string_view(value).substr(from, random.below(24))));
    }
    std::size_t possible = 0;
    for (int i = 0; i < 1'000; ++i)
      possible += filter.may_contain("-" + random.text(0, words) + "+-_" +
                                     std::to_string(random.below(100'000)) + "_-")
                      ? 1
                      : 0;
    CHECK(possible < 400);
    CHECK(filter.memory_bytes() <= 128 << 10);
  }
}

TEST_CASE("a filter comes back from its bytes; others are corrupt", "[columns]") {
  GramFilterBuilder builder;
  for (int i = 0; i < 300; ++i) builder.add("value " + std::to_string(i * 7919));
  const GramFilter filter = builder.finish();
  std::string encoded;
  filter.encode(encoded);
  const auto decoded = GramFilter::decode(encoded);
  REQUIRE(decoded.has_value());
  CHECK(decoded->memory_bytes() == filter.memory_bytes());
  CHECK(decoded->may_contain("lue 7919"));
  CHECK_FALSE(decoded->may_contain("absent text"));

  CHECK_FALSE(GramFilter::decode("").has_value());
  CHECK_FALSE(GramFilter::decode(encoded + "x").has_value());
  CHECK_FALSE(GramFilter::decode(std::string_view(encoded).substr(1)).has_value());
  const std::string three_words = "\x03" + std::string(24, 'x');
  CHECK_FALSE(GramFilter::decode(three_words).has_value());
}

TEST_CASE("values that begin alike lose no gram", "[columns]") {
  const std::uint32_t seed = std::random_device{}();
  INFO("seed " << seed);
  RandomText random(seed);
  for (int round = 0; round < 50; ++round) {
    GramFilterBuilder builder;
    std::vector<std::string> added;
    std::string value;
    for (int i = 0; i < 20; ++i) {
      value.resize(random.below(value.size() + 1));
      value += random.text(random.below(300), words);
      builder.add(added.emplace_back(value));
    }
    const GramFilter filter = builder.finish();
    for (const auto& text : added)
      for (std::size_t at = 0; at + GramFilter::gram <= text.size(); ++at)
        REQUIRE(filter.may_contain(std::string_view(text).substr(at, GramFilter::gram)));
  }
}

TEST_CASE("a builder can be used again", "[columns]") {
  GramFilterBuilder builder;
  builder.add("first value");
  CHECK(builder.finish().may_contain("first"));
  builder.add("second value");
  const GramFilter filter = builder.finish();
  CHECK(filter.may_contain("second"));
  CHECK_FALSE(filter.may_contain("first"));
}

}  // namespace
}  // namespace sluice::storage
