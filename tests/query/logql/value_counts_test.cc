// ValueCounts against a map.

#include "query/engine/value_counts.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace sluice::query {
namespace {

using Expected = std::map<std::string, std::uint64_t>;

ValueCounts::Value value_of(const std::string& text, std::uint64_t count) {
  return {text, ValueCounts::hash_of(text), count};
}

Expected all_of(const ValueCounts& counts) {
  Expected found;
  counts.each([&](const ValueCounts::Value& value) {
    CHECK(found.emplace(value.text, value.count).second);
  });
  return found;
}

// Of every length up to 40, some equal but for a byte anywhere.
std::string random_text(std::mt19937& random) {
  std::string text(random() % 41, 'a');
  if (!text.empty()) text[random() % text.size()] = static_cast<char>('a' + random() % 20);
  return text;
}

void add_random(ValueCounts& counts, Expected& expected, std::mt19937& random, std::size_t times) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < times; ++i) texts.push_back(random_text(random));
  std::vector<ValueCounts::Value> values;
  for (const std::string& text : texts) {
    values.push_back(value_of(text, 1 + random() % 3));
    expected[text] += values.back().count;
  }
  counts.add(values);
}

TEST_CASE("values are counted as in a map") {
  std::mt19937 random(7);
  ValueCounts counts;
  Expected expected;
  CHECK(counts.empty());
  for (const std::size_t times : {0, 1, 31, 32, 33, 5000, 20000})
    add_random(counts, expected, random, times);
  CHECK(all_of(counts) == expected);
  ValueCounts other;
  add_random(other, expected, random, 3000);
  counts.merge(other);
  CHECK(all_of(counts) == expected);
}

// Far more than a table of the heap has room for.
TEST_CASE("a great many values are counted, merged and moved") {
  ValueCounts counts;
  ValueCounts other;
  Expected expected;
  for (std::uint64_t i = 0; i < 150'000; ++i) {
    const std::string text = "user " + std::to_string(i);
    const auto value = value_of(text, 1 + i % 5);
    for (ValueCounts* const to : {&counts, &other}) {
      if (to == &other && i % 3 != 0) continue;
      to->add(std::span(&value, 1));
      expected[text] += value.count;
    }
  }
  counts.merge(other);
  CHECK(counts.memory_bytes() > 4 << 20);
  const ValueCounts moved = std::move(counts);
  CHECK(all_of(moved) == expected);
}

TEST_CASE("values of one hash stay apart") {
  ValueCounts counts;
  const std::vector<ValueCounts::Value> values = {
      {"one", 5, 1}, {"two", 5, 2}, {"one", 5, 4}, {"a text of more than sixteen bytes", 5, 8}};
  counts.add(values);
  CHECK(all_of(counts) == Expected{{"one", 5}, {"two", 2}, {values[3].text.data(), 8}});
}

TEST_CASE("the n-th greatest count") {
  ValueCounts counts;
  for (std::uint64_t i = 1; i <= 2000; ++i) {
    const std::string text = "value " + std::to_string(i);
    const auto value = value_of(text, i);
    counts.add(std::span(&value, 1));
  }
  CHECK(counts.nth_greatest(1) == 2000);
  CHECK(counts.nth_greatest(10) == 1991);
  CHECK(counts.nth_greatest(2000) == 1);
  CHECK(counts.nth_greatest(2001) == 0);
  CHECK(counts.nth_greatest(0) == 0);
}

}  // namespace
}  // namespace sluice::query
