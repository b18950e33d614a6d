// IngestionRate: a bucket per tenant.
#include "daemon/ingest/ingestion_rate.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/daemon/ingest/ingest_fixture.h"

using namespace sluice;
using namespace sluice::ingest;
using namespace sluice::ingest::test;
using namespace sluice::storage::test;

namespace {

Limits limited(std::size_t rate, std::size_t burst) {
  Limits limits;
  limits.ingestion_rate_bytes = rate;
  limits.ingestion_burst_bytes = burst;
  return limits;
}

const TenantId a{"a"};
const TenantId b{"b"};
const IngestionRate::Time start{std::chrono::hours{1}};

IngestionRate::Time after(std::chrono::milliseconds time) {
  return start + time;
}

std::string push_of(std::size_t bytes) {
  return R"({"streams":[{"stream":{"app":"x"},"values":[[")" + std::to_string(noon) + "\",\"" +
         std::string(bytes, 'x') + "\"]]}]}";
}

}  // namespace

TEST_CASE("a burst passes, then as much as the bucket fills with, each tenant its own") {
  IngestionRate rate;
  const Limits limits = limited(100, 1000);
  CHECK(bool(rate.take(a, {1, 1000}, limits, start)));
  CHECK_FALSE(bool(rate.take(a, {1, 1}, limits, start)));
  CHECK(bool(rate.take(b, {1, 1000}, limits, start)));
  using std::chrono::milliseconds;
  CHECK_FALSE(bool(rate.take(a, {1, 51}, limits, after(milliseconds{500}))));
  CHECK(bool(rate.take(a, {1, 50}, limits, after(milliseconds{500}))));
  CHECK_FALSE(bool(rate.take(a, {1, 1}, limits, after(milliseconds{500}))));
  // Never more than the burst, however long the pause.
  CHECK(bool(rate.take(a, {1, 1000}, limits, after(std::chrono::hours{10}))));
  CHECK_FALSE(bool(rate.take(a, {1, 1}, limits, after(std::chrono::hours{10}))));
}

TEST_CASE("a push larger than the burst passes a full bucket and is paid back") {
  IngestionRate rate;
  const Limits limits = limited(100, 1000);
  CHECK(bool(rate.take(a, {1, 3000}, limits, start)));
  using std::chrono::seconds;
  CHECK_FALSE(bool(rate.take(a, {1, 1}, limits, after(seconds{20}))));
  CHECK(bool(rate.take(a, {1, 1}, limits, after(seconds{21}))));
  CHECK_FALSE(bool(rate.take(a, {1, 3000}, limits, after(seconds{25}))));
}

TEST_CASE("without a limit nothing is counted; with one the tenants that are full are forgotten") {
  IngestionRate rate;
  CHECK(bool(rate.take(a, {1, 1 << 30}, Limits{}, start)));
  CHECK(rate.tenants() == 0);
  const Limits limits = limited(100, 1000);
  for (int i = 0; i < 5000; ++i)
    CHECK(bool(rate.take(TenantId{"t" + std::to_string(i)}, {1, 10}, limits,
                         after(std::chrono::seconds{i}))));
  CHECK(rate.tenants() <= 1025);
}

TEST_CASE("what is given back may be taken again, and no more") {
  IngestionRate rate;
  const Limits limits = limited(100, 1000);
  CHECK(bool(rate.take(a, {1, 800}, limits, start)));
  rate.give_back(a, {1, 800}, limits);
  rate.give_back(a, {1, 800}, limits);
  CHECK(bool(rate.take(a, {1, 1000}, limits, start)));
  CHECK_FALSE(bool(rate.take(a, {1, 1}, limits, start)));
}

TEST_CASE("tenants past the bound share a bucket until others are full again") {
  IngestionRate rate;
  const Limits limits = limited(100, 1000);
  const auto taken = [&](const std::string& tenant, IngestionRate::Time now) {
    return bool(rate.take(TenantId{tenant}, {1, 900}, limits, now));
  };
  for (std::size_t i = 0; i < rate_tenants_max; ++i) REQUIRE(taken("t" + std::to_string(i), start));
  CHECK(taken("one more", start));
  CHECK_FALSE(taken("and another", start));
  CHECK(rate.tenants() == rate_tenants_max);
  CHECK(taken("t0", after(std::chrono::seconds{8})));
  CHECK(taken("later", after(std::chrono::seconds{10})));
  CHECK(rate.tenants() == 2);
}

TEST_CASE_METHOD(IngestFixture, "a push that the store refuses costs no rate") {
  limits.ingestion_rate_bytes = 1;
  limits.ingestion_burst_bytes = 100;
  std::uint64_t free = 1 << 30;
  options.min_free_bytes = 1000;
  hooks.free_bytes = [&free](const std::string&) { return free; };
  reopen();
  http::Router router;
  ingest::add_routes(router, store(), clock, metrics, limits);
  const auto push = [&] {
    http::Request request;
    request.method = "POST";
    request.path = "/loki/api/v1/push";
    request.headers.set("Content-Type", "application/json");
    request.body = push_of(100);
    request.tenant = tenant;
    return router.dispatch(std::move(request)).status;
  };
  free = 0;
  store().tick();
  CHECK(push() == 503);
  free = 1 << 30;
  store().tick();
  CHECK(push() == 204);
  CHECK(push() == 429);
}

TEST_CASE_METHOD(IngestFixture, "past the rate a push is refused with 429, in Loki's words") {
  limits.ingestion_rate_bytes = 1;
  limits.ingestion_burst_bytes = 100;
  CHECK(push_json(push_of(100)).status == 204);
  const auto refused = push_json(push_of(50));
  CHECK(refused.status == 429);
  CHECK(refused.headers.has("Retry-After"));
  CHECK(refused.body ==
        "Ingestion rate limit exceeded for user default (limit: 1 bytes/sec) while attempting to "
        "ingest '1' lines totaling '50' bytes, reduce log volume or contact your Loki "
        "administrator to see if the limit can be increased\n");
  CHECK(query_all().size() == 1);
  CHECK(metrics.serialize().find(
            R"(sluice_ingest_rejected_items_total{protocol="loki",reason="rate_limited"} 1)") !=
        std::string::npos);
}

TEST_CASE_METHOD(IngestFixture, "a tenant of its own has its own limits") {
  Limits own = limits;
  own.line_bytes = 10;
  own.long_lines = LongLinePolicy::refuse;
  http::Router router;
  ingest::add_routes(router, store(), clock, metrics, limits,
                     [&](const TenantId& who) -> const Limits& { return who == a ? own : limits; });
  const auto push = [&](const TenantId& who) {
    http::Request request;
    request.method = "POST";
    request.path = "/loki/api/v1/push";
    request.headers.set("Content-Type", "application/json");
    request.body = push_of(11);
    request.tenant = who;
    return router.dispatch(std::move(request));
  };
  CHECK(push(b).status == 204);
  const auto refused = push(a);
  CHECK(refused.status == 400);
  CHECK(refused.body.find("Max entry size '10' bytes exceeded for stream '{app=\"x\"") !=
        std::string::npos);
}
