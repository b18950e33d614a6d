// Label keys: they come back, and order as label sets do.
#include "daemon/storage/samples/label_key.h"

#include <catch2/catch_test_macros.hpp>
#include <random>

using namespace sluice;
using namespace sluice::storage;

namespace {

std::string random_text(std::mt19937_64& random, std::size_t least) {
  static constexpr char alphabet[] = {'\0', '\1', '\2', 'a', 'b', '\xFF'};
  std::string text;
  for (std::size_t n = least + random() % 4; n > 0; --n) text += alphabet[random() % 6];
  return text;
}

LabelSet random_labels(std::mt19937_64& random) {
  std::vector<Label> labels;
  for (std::uint64_t n = random() % 4; n > 0; --n)
    labels.push_back({random_text(random, 0), random_text(random, 1)});
  return LabelSet::from(std::move(labels));
}

query::LabelMatcher matcher(const char* name, query::MatchOp op, const char* value) {
  return std::move(query::LabelMatcher::make(name, op, value)).value();
}

}  // namespace

TEST_CASE("label keys come back and order as label sets do, whatever the bytes") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 3000; ++round) {
    const LabelSet a = random_labels(random);
    const LabelSet b = random_labels(random);
    const std::string key = label_key(a);
    const auto back = parse_label_key(key);
    REQUIRE(back.has_value());
    CHECK(*back == a);
    CHECK((key < label_key(b)) == (a < b));
    CHECK((hash_key(key) == hash_key(label_key(b))) == (a == b));
  }
}

TEST_CASE("what is no label key is refused") {
  using namespace std::string_literals;
  for (const std::string& key :
       {"a"s, "a\0b"s, "a\0\0"s, "b\0x\0a\0y\0"s, "a\0x\0a\0y\0"s, "a\0\1\0"s, "a\0\1\3\0"s}) {
    INFO(key);
    CHECK(!parse_label_key(key));
  }
}

TEST_CASE("matchers of keys answer as those of label sets") {
  using query::MatchOp;
  const std::vector<query::LabelMatcher> matchers = {
      matcher("__name__", MatchOp::regex, "up|down"), matcher("job", MatchOp::not_equal, "b"),
      matcher("missing", MatchOp::regex, ".*"), matcher("job", MatchOp::not_regex, "c+")};
  KeyMatcher keys(matchers);
  for (const char* name : {"up", "down", "other"})
    for (const char* job : {"a", "b", "cc", ""}) {
      const LabelSet labels = {{"__name__", name}, {"job", job}};
      INFO(labels.to_string());
      CHECK(keys.matches(label_key(labels)) == query::matches_all(matchers, labels));
    }
  CHECK(keys.may_match_names("a", "e"));
  CHECK(keys.may_match_names("up", "up"));
  CHECK(!keys.may_match_names("e", "u"));
  const std::vector<query::LabelMatcher> present = {matcher("job", MatchOp::regex, ".+")};
  KeyMatcher some(present);
  CHECK(!some.matches(label_key({{"a", "b"}})));
  CHECK(some.matches(label_key({{"job", "b"}})));
  CHECK(some.may_match_names("x", "x"));
}
