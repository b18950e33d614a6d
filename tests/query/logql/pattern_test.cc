#include <catch2/catch_test_macros.hpp>

#include "query/logql/capture_pattern.h"
#include "query/logql/line_pattern.h"

using namespace sluice::query::logql;

TEST_CASE("pattern filters") {
  struct Case {
    std::string_view pattern, line;
    bool expected;
  };
  const Case cases[] = {
      {"", "", true},
      {"", "x", false},
      {"<_>", "", false},
      {"<_>", "x", true},
      {"a<_>", "ab", true},
      {"a<_>", "a", false},
      {"a<_>", "xab", true},  // a leading literal is not anchored
      {"<_>b", "ab", true},
      {"<_>b", "b", false},
      {"<_>b", "abc", false},  // a trailing literal is
      {"<_> failed <_>", "login failed for bob", true},
      {"<_> failed <_>", "failed for bob", false},
      {"a<_>b<_>c", "a1b2c", true},
      {"a<_>b<_>c", "ab2c", false},
      {"a < b", "a < b", true},
  };
  for (const auto& c : cases) {
    CAPTURE(c.pattern, c.line);
    auto pattern = LinePattern::compile(c.pattern);
    REQUIRE(pattern.has_value());
    CHECK(pattern->matches(c.line) == c.expected);
  }
}

TEST_CASE("capture patterns keep what matched before the first miss") {
  const auto captures = [](std::string_view pattern, std::string_view line) {
    auto compiled = CapturePattern::compile(pattern);
    REQUIRE(compiled.has_value());
    std::string out;
    compiled->match(line, [&](std::string_view name, std::string_view value) {
      out.append(name).append("=").append(value).append(";");
    });
    return out;
  };
  CHECK(captures("<ip> - <_> <method>", "1.2.3.4 - bob GET") == "ip=1.2.3.4;method=GET;");
  CHECK(captures("[<level>] <msg>", "[info] hello") == "level=info;msg=hello;");
  CHECK(captures("[<level>] <msg>", "info hello").empty());
  CHECK(captures("<a>-<b>-<c>", "x-y") == "a=x;b=y;");
  CHECK(captures("<a> end", "x end") == "a=x;");
  CHECK(captures("<a>", "").empty());
}

TEST_CASE("patterns that cannot work are refused") {
  CHECK_FALSE(CapturePattern::compile("<_>").has_value());
  CHECK_FALSE(CapturePattern::compile("abc").has_value());
  CHECK_FALSE(CapturePattern::compile("<a><b>").has_value());
  CHECK_FALSE(CapturePattern::compile("<a> <a>").has_value());
  CHECK_FALSE(LinePattern::compile("<name>").has_value());
}
