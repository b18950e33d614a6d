// Targets are shown to the tenant whose samples they give, and to administrators.
#include "daemon/api/prometheus/targets.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

namespace sluice::api::test {
namespace {

using Catch::Matchers::ContainsSubstring;

scrape::ScrapeStatus some_targets() {
  scrape::Target target;
  target.labels = {{"instance", "secret-host:9100"}, {"job", "node"}};
  target.url = "http://secret-host:9100/metrics";
  scrape::ScrapeStatus status;
  status.jobs = {"node"};
  status.active = {{"node", std::make_shared<const scrape::Target>(target), {}}};
  status.active[0].state.descriptions = std::make_shared<scrape::Descriptions>(
      scrape::Descriptions{{"up_total", {"up_total", "counter", "Help.", ""}}});
  status.dropped = {{"node", {{"__address__", "dropped-host:1"}}}};
  status.dropped_counts = {{"node", 1}};
  return status;
}

struct TargetsFixture {
  http::Router router;
  TargetsFixture() { add_target_routes(router, some_targets, TenantId{"infra"}); }

  http::Response get(const std::string& path, http::Role role, const char* tenant) {
    http::Request request;
    request.method = "GET";
    request.path = request.target = path;
    request.role = role;
    request.tenant = TenantId{tenant};
    return router.dispatch(std::move(request));
  }
};

TEST_CASE("the scrapes' own tenant and administrators see targets", "[api]") {
  TargetsFixture f;
  for (const auto& [role, tenant] :
       {std::pair(http::Role::read, "infra"), std::pair(http::Role::admin, "other")}) {
    CAPTURE(tenant);
    const auto targets = f.get("/api/v1/targets", role, tenant).body;
    CHECK_THAT(targets, ContainsSubstring("secret-host"));
    CHECK_THAT(targets, ContainsSubstring("dropped-host"));
    CHECK(f.get("/api/v1/scrape_pools", role, tenant).body ==
          R"({"status":"success","data":{"scrapePools":["node"]}})");
    CHECK_THAT(f.get("/api/v1/targets/metadata", role, tenant).body, ContainsSubstring("up_total"));
  }
}

TEST_CASE("other tenants see that there are none", "[api]") {
  TargetsFixture f;
  CHECK(f.get("/api/v1/targets", http::Role::read, "other").body ==
        R"({"status":"success","data":{"activeTargets":[],"droppedTargets":[],)"
        R"("droppedTargetCounts":{}}})");
  CHECK(f.get("/api/v1/scrape_pools", http::Role::read, "other").body ==
        R"({"status":"success","data":{"scrapePools":[]}})");
  CHECK(f.get("/api/v1/targets/metadata", http::Role::read, "other").status == 404);
}

}  // namespace
}  // namespace sluice::api::test
