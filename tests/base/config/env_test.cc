#include "base/config/env.h"

#include <catch2/catch_test_macros.hpp>

namespace sluice {
namespace {

std::string expanded(std::string_view text) {
  const EnvLookup lookup = [](const std::string& name) -> std::optional<std::string> {
    if (name == "HOST") return "db1";
    if (name == "EMPTY") return "";
    if (name == "DOLLAR") return "${HOST}";
    return std::nullopt;
  };
  auto result = expand_env(text, lookup);
  return result ? *result : "error: " + result.error().message;
}

}  // namespace

TEST_CASE("variables, defaults and dollar signs", "[env]") {
  CHECK(expanded("no variables") == "no variables");
  CHECK(expanded("http://${HOST}:80/${HOST}") == "http://db1:80/db1");
  CHECK(expanded("${HOST:-other}") == "db1");
  CHECK(expanded("${NONE:-other}") == "other");
  CHECK(expanded("${EMPTY:-other}") == "other");
  CHECK(expanded("${NONE:-}") == "");
  CHECK(expanded("${EMPTY}") == "");
  CHECK(expanded("$$HOST costs $5 or $$${HOST}") == "$HOST costs $5 or $db1");
  CHECK(expanded("ends with $") == "ends with $");
  // Groups of regular expressions: no variable begins with a digit.
  CHECK(expanded("${1}-$2 ${HOST}") == "${1}-$2 db1");
}

TEST_CASE("values are not expanded again", "[env]") { CHECK(expanded("${DOLLAR}") == "${HOST}"); }

TEST_CASE("what cannot be expanded is an error", "[env]") {
  CHECK(expanded("${NONE}") == "error: environment variable NONE is not set");
  CHECK(expanded("${HOST").find("without \"}\"") != std::string::npos);
  CHECK(expanded("${}").find("write $$") != std::string::npos);
}

}  // namespace sluice
