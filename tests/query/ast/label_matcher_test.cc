#include "query/ast/label_matcher.h"

#include <catch2/catch_test_macros.hpp>

using namespace sluice;
using namespace sluice::query;

namespace {

LabelMatcher matcher(MatchOp op, std::string value) {
  auto made = LabelMatcher::make("app", op, std::move(value));
  REQUIRE(made.has_value());
  return *made;
}

}  // namespace

TEST_CASE("the four operators compare as Prometheus does") {
  struct Case {
    MatchOp op;
    std::string value;
    std::string_view label;
    bool expected;
  };
  const Case cases[] = {
      {MatchOp::equal, "web", "web", true},
      {MatchOp::equal, "web", "", false},
      {MatchOp::equal, "", "", true},
      {MatchOp::not_equal, "web", "api", true},
      {MatchOp::not_equal, "web", "web", false},
      {MatchOp::regex, "w.b", "web", true},
      {MatchOp::regex, "w.b", "webs", false},
      {MatchOp::regex, "web|api", "api", true},
      {MatchOp::regex, "web|", "", true},
      {MatchOp::not_regex, "w.*", "web", false},
      {MatchOp::not_regex, "web|api", "db", true},
      {MatchOp::regex, ".*", "", true},
  };
  for (const auto& c : cases) {
    CAPTURE(to_string(c.op), c.value, c.label);
    CHECK(matcher(c.op, c.value).matches(c.label) == c.expected);
  }
}

TEST_CASE("an absent label reads as empty") {
  const LabelSet labels{{"job", "x"}};
  CHECK(matcher(MatchOp::not_equal, "web").matches(labels));
  CHECK(matcher(MatchOp::regex, ".*").matches_empty());
  CHECK_FALSE(matches_all({matcher(MatchOp::equal, "web")}, labels));
  CHECK(matches_all({}, labels));
}

TEST_CASE("literals are offered to the index only where it can answer alone") {
  CHECK(matcher(MatchOp::regex, "web|api").literals() == std::vector<std::string>{"web", "api"});
  CHECK(matcher(MatchOp::regex, "web|").literals().empty());
  CHECK(matcher(MatchOp::not_regex, "web|api").literals().empty());
  CHECK(matcher(MatchOp::regex, "we.").literals().empty());
}

TEST_CASE("a matcher prints as it is written") {
  CHECK(matcher(MatchOp::regex, "a\\.b\"").to_string() == R"(app=~"a\\.b\"")");
}

TEST_CASE("a matcher with a broken regex is an error") {
  CHECK_FALSE(LabelMatcher::make("app", MatchOp::regex, "*").has_value());
}
