// Tests as data: files of cases in tests/data/scrape, each
//
//   == title
//   what goes in
//   --
//   what comes out
//
// Lines end with a newline; "\r" and "\t" at the end of a line's text are not special.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <string>
#include <vector>

namespace sluice::scrape::test {

struct DataCase {
  std::string title;
  std::string input;
  std::string expected;
};

inline std::vector<DataCase> read_cases(const std::string& name) {
  std::ifstream file(std::string(SLUICE_SOURCE_DIR) + "/tests/data/scrape/" + name);
  REQUIRE(file);
  std::vector<DataCase> cases;
  bool expected = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("== ")) {
      cases.push_back({line.substr(3), "", ""});
      expected = false;
    } else if (line == "--") {
      expected = true;
    } else if (!cases.empty()) {
      (expected ? cases.back().expected : cases.back().input) += line + "\n";
    }
  }
  REQUIRE_FALSE(cases.empty());
  return cases;
}

}  // namespace sluice::scrape::test
