#include "tests/demo/log_file.h"

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <sstream>

#include "tests/support/temp_dir.h"

namespace sluice::demo {
namespace {

std::string content(const std::string& path) {
  std::stringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

}  // namespace

TEST_CASE("lines are appended to what the file holds") {
  TempDir dir;
  const std::string path = dir / "shop.log";
  std::ofstream(path) << "old\n";
  auto log = LogFile::open(path, 1000).value();
  REQUIRE(log.append("new\n").has_value());
  CHECK(content(path) == "old\nnew\n");
}

TEST_CASE("past its limit the file is rotated and no line is cut") {
  TempDir dir;
  const std::string path = dir / "shop.log";
  auto log = LogFile::open(path, 10).value();
  for (const char* line : {"one\n", "two\n", "three\n", "four\n"}) {
    REQUIRE(log.append(line).has_value());
  }
  CHECK(content(path + ".1") == "three\n");  // one and two were rotated away before it
  CHECK(content(path) == "four\n");
}

TEST_CASE("a file that cannot be opened is named in the error") {
  const auto log = LogFile::open("/nowhere/shop.log", 10);
  REQUIRE(log.has_error());
  CHECK(log.error().message.find("/nowhere/shop.log") != std::string::npos);
}

}  // namespace sluice::demo
