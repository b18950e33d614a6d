#include "daemon/release/deployments.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/daemon/fake_store.h"

namespace sluice::release {
namespace {

using std::chrono::seconds;

struct Registry {
  storage::test::FakeStore store;
  ManualClock clock{from_unix_ns(1'767'323'045'000'000'000)};
  Deployments deployments{store, clock, 3};

  Deployment start(const std::string& version, const std::string& env = "prod") {
    clock.advance(seconds(60));
    Deployment d;
    d.service = "shop";
    d.env = env;
    d.version = version;
    auto started = deployments.start(d);
    REQUIRE(started.has_value());
    return started->deployment;
  }
  std::string previous(const std::string& version) const {
    const auto found = deployments.previous("shop", "prod", version);
    return found ? found->version : "none";
  }
};

}  // namespace

TEST_CASE("recording a deployment twice gives one", "[deployment]") {
  Registry r;
  const auto first = r.start("1");
  CHECK(first.id.starts_with("d-"));
  CHECK(r.start("1").id == first.id);
  Deployment timed;
  timed.service = "shop";
  timed.version = "9";
  timed.started_at = from_unix_ns(5);
  CHECK(r.deployments.start(timed)->created);
  CHECK_FALSE(r.deployments.start(timed)->created);
}

TEST_CASE("the previous version is the last other one in force", "[deployment]") {
  Registry r;
  CHECK(r.previous("2") == "none");
  r.start("1");
  CHECK(r.previous("1") == "none");
  CHECK(r.previous("2") == "1");  // not recorded yet
  const auto two = r.start("2");
  r.start("2", "test");
  CHECK(r.previous("2") == "1");
  REQUIRE(r.deployments.finish(two.id, DeploymentStatus::failed, {}).has_value());
  CHECK(r.previous("3") == "1");  // 2 failed
  CHECK(r.deployments.current("shop", "prod")->version == "1");
}

TEST_CASE("a deployment finishes once", "[deployment]") {
  Registry r;
  const auto d = r.start("1");
  const auto done = r.deployments.finish(d.id, DeploymentStatus::succeeded, {});
  REQUIRE(done.has_value());
  CHECK(done->finished_at == r.clock.now());
  CHECK(r.deployments.finish(d.id, DeploymentStatus::succeeded, {}).has_value());
  CHECK(r.deployments.finish(d.id, DeploymentStatus::failed, {}).error().code ==
        ErrorCode::conflict);
  CHECK(r.deployments.finish("d-none", DeploymentStatus::failed, {}).error().code ==
        ErrorCode::not_found);
}

TEST_CASE("deployments survive a restart and are bounded", "[deployment]") {
  Registry r;
  for (const char* version : {"1", "2", "3", "4"}) r.start(version);
  Deployments again(r.store, r.clock, 3);
  REQUIRE(again.load().has_value());
  std::string versions;
  for (const auto& d : again.list({})) versions += d.version;
  CHECK(versions == "432");
}

TEST_CASE("names that could break a query are refused", "[deployment]") {
  Registry r;
  Deployment d;
  d.service = "shop";
  for (const char* bad : {"", "a b", "a\"b", "a{b}", "a`b", "a\nb"}) {
    d.version = bad;
    CHECK(r.deployments.start(d).error().code == ErrorCode::invalid_argument);
  }
  d.version = "registry.example/org/app@sha256:0a-1_b+c";
  CHECK(r.deployments.start(d).has_value());
}

}  // namespace sluice::release
