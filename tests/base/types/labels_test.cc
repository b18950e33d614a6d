#include "base/types/labels.h"

#include <catch2/catch_test_macros.hpp>

namespace sluice {
namespace {

std::string reprint(std::string_view text) {
  auto labels = parse_labels(text);
  return labels ? labels->to_string() : labels.error().message;
}

}  // namespace

TEST_CASE("labels print sorted and read back", "[labels]") {
  CHECK(reprint(R"({b="2", a="1"})") == R"({a="1", b="2"})");
  CHECK(reprint(R"({a="x\n\"y\"\\", })") == R"({a="x\n\"y\"\\"})");
  CHECK(reprint("{a=`raw\\n`}") == R"({a="raw\\n"})");
  CHECK(reprint(" { } ") == "{}");
  CHECK(reprint(R"({a="", b="1"})") == R"({b="1"})");
  CHECK(reprint(R"({a="é\u00e9\xff"})") == "{a=\"éé\xff\"}");
}

TEST_CASE("label errors say what was expected and where", "[labels]") {
  CHECK(reprint("a=\"1\"") == "labels: expected '{' at byte 0");
  CHECK(reprint("{1a=\"1\"}") == "labels: expected a label name at byte 1");
  CHECK(reprint("{a \"1\"}") == "labels: expected '=' at byte 3");
  CHECK(reprint("{a=1}") == "labels: expected a quoted value at byte 3");
  CHECK(reprint("{a=\"1\" b=\"2\"}") == "labels: expected ',' or '}' at byte 7");
  CHECK(reprint("{a=\"1\"") == "labels: expected ',' or '}' at byte 6");
  CHECK(reprint("{a=\"1\"} x") == "labels: expected end of labels at byte 8");
  CHECK(reprint("{a=\"1\", a=\"2\"}") == "labels: duplicate label name \"a\"");
}

TEST_CASE("a label set is a map without empty values", "[labels]") {
  LabelSet set{{"b", "2"}, {"a", "1"}, {"b", "3"}, {"c", ""}};
  CHECK(set.to_string() == R"({a="1", b="3"})");
  set.set("a", "");
  set.set("z", "9");
  CHECK(set.get("a").empty());
  CHECK(set.get("z") == "9");
  CHECK(set == LabelSet{{"z", "9"}, {"b", "3"}});
  CHECK(set.hash() == LabelSet{{"z", "9"}, {"b", "3"}}.hash());
  CHECK(LabelSet{{"ab", "c"}}.hash() != LabelSet{{"a", "bc"}}.hash());
}

}  // namespace sluice
