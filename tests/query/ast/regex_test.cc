#include "query/ast/regex.h"

#include <catch2/catch_test_macros.hpp>

#include "query/ast/literals.h"

using namespace sluice;
using namespace sluice::query;

namespace {

std::shared_ptr<const Regex> regex(std::string_view pattern, Anchor anchor = Anchor::none) {
  auto compiled = Regex::compile(pattern, anchor);
  REQUIRE(compiled.has_value());
  return *compiled;
}

}  // namespace

TEST_CASE("label regexes match the whole value, line regexes any part") {
  CHECK(regex("err.*", Anchor::both)->matches("error"));
  CHECK_FALSE(regex("err.*", Anchor::both)->matches("an error"));
  CHECK(regex("err.*", Anchor::none)->matches("an error"));
  CHECK(regex("a|b", Anchor::both)->matches("b"));
  CHECK_FALSE(regex("a|b", Anchor::both)->matches("ab"));
  CHECK(regex("a|b", Anchor::none)->matches("xbx"));
}

TEST_CASE("a dot matches a newline and flags work") {
  CHECK(regex("a.b")->matches("a\nb"));
  CHECK(regex("(?i)ERROR")->matches("some Error here"));
}

TEST_CASE("bad patterns are refused with RE2's reason") {
  auto bad = Regex::compile("a(b", Anchor::none);
  REQUIRE_FALSE(bad.has_value());
  CHECK(bad.error().code == ErrorCode::parse);
  CHECK(bad.error().message == "invalid regex \"a(b\": missing ): a(b");
  CHECK_FALSE(Regex::compile("(?=x)", Anchor::none).has_value());
  CHECK_FALSE(Regex::compile(std::string(17 << 10, 'a'), Anchor::none).has_value());
  CHECK_FALSE(Regex::compile("((a{100}){100}){100}", Anchor::none).has_value());
}

TEST_CASE("capture gives groups in order, unmatched ones empty") {
  auto re = regex("(?P<first>a)|(?P<second>b)");
  CHECK(re->group_names() == std::vector<std::string>{"", "first", "second"});
  std::vector<std::string_view> groups;
  REQUIRE(re->capture("xb", groups));
  CHECK(groups == std::vector<std::string_view>{"b", "", "b"});
  CHECK_FALSE(re->capture("x", groups));
}

TEST_CASE("replace_all follows Go's templates and its rule for empty matches") {
  CHECK(regex("(a+)(b)")->replace_all("xaabyab", "<$2$1>") == "x<baa>y<ba>");
  CHECK(regex("(?P<w>a)")->replace_all("aXa", "${w}${w}") == "aaXaa");
  CHECK(regex("a")->replace_all("cab", "$1x") == "cb");
  CHECK(regex("a")->replace_all("cab", "$$") == "c$b");
  CHECK(regex("x*")->replace_all("abc", "-") == "-a-b-c-");
  CHECK(regex("b*")->replace_all("abc", "-") == "-a-c-");
  CHECK(regex("(.*)-(.*)", Anchor::both)->replace_all("a-b", "$2") == "b");
  CHECK(regex("z", Anchor::both)->replace_all("a-b", "$2") == "a-b");
}

TEST_CASE("patterns that are only words are recognised") {
  using Words = std::vector<std::string>;
  CHECK(literal_alternatives("a|b|c") == Words{"a", "b", "c"});
  CHECK(literal_alternatives("(?:a\\.b|c)") == Words{"a.b", "c"});
  CHECK(literal_alternatives("(x)") == Words{"x"});
  CHECK(literal_alternatives("") == Words{""});
  for (auto pattern : {"a.b", "a\\d", "(a)|(b)", "(?i)a", "a{2}", "^a$", "a\\"})
    CHECK_FALSE(literal_alternatives(pattern));
}
