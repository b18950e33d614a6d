#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "daemon/storage/columns/needle.h"
#include "tests/daemon/storage/columns/random_text.h"

namespace sluice::storage {
namespace {

using Ways = std::vector<Placement>;

LineTemplate pieces(std::vector<std::string> texts) {
  LineTemplate pattern;
  pattern.pieces = std::move(texts);
  return pattern;
}

bool holds(const SlotCondition& condition, const std::string& value, bool fold) {
  switch (condition.test) {
    case SlotTest::equals: return same(value, condition.text, fold);
    case SlotTest::prefix: return begins_with(value, condition.text, fold);
    case SlotTest::suffix: return ends_with(value, condition.text, fold);
    case SlotTest::contains: return contains(value, condition.text, fold);
  }
  return false;
}

bool any_holds(const Ways& ways, const std::vector<std::string>& values, bool fold) {
  return std::any_of(ways.begin(), ways.end(), [&](const Placement& way) {
    return std::all_of(way.begin(), way.end(), [&](const SlotCondition& condition) {
      return holds(condition, values[condition.slot], fold);
    });
  });
}

TEST_CASE("a needle in static bytes holds for every line", "[columns]") {
  const auto pattern = pieces({"took ", " ms"});
  CHECK(placements(pattern, "ook") == Ways{{}});
  CHECK(placements(pattern, "") == Ways{{}});
  CHECK(placements(pieces({"no slots"}), "slots") == Ways{{}});
  CHECK(placements(pieces({"no slots"}), "slot 7") == Ways{});
}

TEST_CASE("a needle across a slot asks for what the slot must hold", "[columns]") {
  const auto pattern = pieces({"took ", " ms"});
  CHECK(placements(pattern, "k 17 m") == Ways{{{0, SlotTest::prefix, "17 m"}},
                                              {{0, SlotTest::equals, "17"}},
                                              {{0, SlotTest::contains, "k 17 m"}},
                                              {{0, SlotTest::suffix, "k 17"}}});
  CHECK(placements(pattern, "17") == Ways{{{0, SlotTest::contains, "17"}}});
  CHECK(placements(pattern, "k  m") == Ways{{{0, SlotTest::prefix, " m"}},
                                            {{0, SlotTest::equals, ""}},
                                            {{0, SlotTest::contains, "k  m"}},
                                            {{0, SlotTest::suffix, "k "}}});
}

TEST_CASE("adjacent slots have too many ways for a long needle", "[columns]") {
  const auto pattern = pieces({"", "", "", ""});
  CHECK(placements(pattern, "ab").has_value());
  CHECK_FALSE(placements(pattern, std::string(40, 'a')).has_value());
}

TEST_CASE("texts of all lengths contain what a search byte by byte finds", "[columns]") {
  const std::uint32_t seed = std::random_device{}();
  INFO("seed " << seed);
  RandomText random(seed);
  std::size_t found = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::string text = random.text(130, std::string_view("a\0b", 3));
    const std::string needle = random.text(8, std::string_view("a\0b", 3));
    const bool expected =
        std::search(text.begin(), text.end(), needle.begin(), needle.end()) != text.end() ||
        needle.empty();
    found += expected ? 1 : 0;
    REQUIRE(contains(text, needle, false) == expected);
    REQUIRE(contains(text, needle, true) == expected);
  }
  CHECK(found > 1000);
  CHECK(found < 19'000);
}

TEST_CASE("a line contains a needle just when a placement holds", "[columns]") {
  const std::uint32_t seed = std::random_device{}();
  INFO("seed " << seed);
  RandomText random(seed);
  std::size_t found = 0;
  for (int round = 0; round < 40'000; ++round) {
    const bool fold = random.below(2) == 1;
    const std::string_view alphabet = fold ? "aAb-" : "ab-";
    const auto pattern = random.pattern(4, alphabet);
    std::string text = random.text(6, alphabet);
    const Needle needle{fold ? lower_case(text) : text, fold};
    const auto ways = placements(pattern, needle);
    if (!ways) continue;
    std::vector<std::string> values(pattern.slots());
    for (auto& value : values) value = random.text(3, alphabet);
    const bool expected = contains(line_of(pattern, values), needle.text, fold);
    found += expected ? 1 : 0;
    if (any_holds(*ways, values, fold) != expected) {
      FAIL("needle '" << needle.text << "' in '" << line_of(pattern, values) << "'");
    }
  }
  CHECK(found > 1000);
}

}  // namespace
}  // namespace sluice::storage
