#include "tests/demo/deployment.h"

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "tests/support/temp_dir.h"

namespace sluice::demo {
namespace {

struct Shelf {
  TempDir dir;
  Deployment deployment{dir / "state"};

  std::string current() { return deployment.current().value().value_or("none"); }
  std::string deploy(const std::string& version) {
    const auto c = deployment.deploy(version).value();
    return c.before + ">" + c.after;
  }
  std::string rollback() {
    const auto c = deployment.rollback().value();
    return c.before + ">" + c.after;
  }
};

}  // namespace

TEST_CASE("rollback goes back to the version before the last deploy") {
  Shelf shelf;
  CHECK(shelf.current() == "none");
  CHECK(shelf.deploy("A") == ">A");
  CHECK(shelf.deploy("B") == "A>B");
  CHECK(shelf.current() == "B");
  CHECK(shelf.rollback() == "B>A");
  CHECK(shelf.current() == "A");
}

TEST_CASE("a second rollback does not bring the bad version back") {
  Shelf shelf;
  shelf.deploy("A");
  shelf.deploy("B");
  shelf.rollback();
  CHECK(shelf.rollback() == "A>A");
  CHECK(shelf.current() == "A");
}

TEST_CASE("deploying what runs already keeps what rollback goes back to") {
  Shelf shelf;
  shelf.deploy("A");
  shelf.deploy("B");
  CHECK(shelf.deploy("B") == "B>B");
  CHECK(shelf.rollback() == "B>A");
}

TEST_CASE("rolling back before any deploy is an error that names the directory") {
  Shelf shelf;
  const auto result = shelf.deployment.rollback();
  REQUIRE(result.has_error());
  CHECK(result.error().code == ErrorCode::not_found);
  CHECK(result.error().message.find(shelf.dir.path()) != std::string::npos);
}

TEST_CASE("an empty version file is reported, not run") {
  Shelf shelf;
  shelf.deploy("A");
  std::ofstream(shelf.dir / "state/version", std::ios::trunc).close();
  CHECK(shelf.deployment.current().error().code == ErrorCode::corrupt);
}

}  // namespace sluice::demo
