#include "query/ast/line_filter.h"

#include <catch2/catch_test_macros.hpp>

using namespace sluice;
using namespace sluice::query;

TEST_CASE("line filters with alternatives") {
  struct Case {
    LineOp op;
    std::vector<std::string> values;
    std::string_view line;
    bool expected;
  };
  const Case cases[] = {
      {LineOp::contains, {"err"}, "an error", true},
      {LineOp::contains, {"err"}, "an ERROR", false},
      {LineOp::contains, {""}, "", true},
      {LineOp::contains, {"x", "err"}, "an error", true},
      {LineOp::not_contains, {"err"}, "fine", true},
      {LineOp::not_contains, {"x", "err"}, "an error", false},
      {LineOp::not_contains, {""}, "fine", false},
      {LineOp::regex, {"e[r]+"}, "an error", true},
      {LineOp::regex, {"^err"}, "an error", false},
      {LineOp::regex, {"^err", "or$"}, "an error", true},
      {LineOp::not_regex, {"e[r]+"}, "an error", false},
      {LineOp::not_regex, {"x", "y"}, "an error", true},
  };
  for (const auto& c : cases) {
    CAPTURE(to_string(c.op), c.values, c.line);
    auto filter = LineFilter::make(c.op, c.values);
    REQUIRE(filter.has_value());
    CHECK(filter->matches(c.line) == c.expected);
  }
}

TEST_CASE("lines may hold any bytes") {
  const std::string_view line("a\0b\xFF", 4);
  CHECK(LineFilter::make(LineOp::contains, {std::string("\0b", 2)})->matches(line));
  CHECK(LineFilter::make(LineOp::regex, {"a"})->matches(line));
}

TEST_CASE("a broken regex is refused when the filter is made") {
  CHECK_FALSE(LineFilter::make(LineOp::regex, {"ok", "("}).has_value());
}
