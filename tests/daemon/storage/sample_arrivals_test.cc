#include "daemon/storage/sample_arrivals.h"

#include <catch2/catch_test_macros.hpp>

namespace sluice::storage {
namespace {

const TenantId tenant = default_tenant();

Timestamp at(int ms) {
  return Timestamp(std::chrono::milliseconds(ms));
}

}  // namespace

TEST_CASE("own samples do not look like arriving data", "[storage]") {
  SampleArrivals arrivals;
  CHECK(arrivals.newest(tenant, at(5)) == at(5));  // as recovered
  arrivals.before_own(tenant, at(5));
  CHECK(arrivals.newest(tenant, at(99)) == at(5));  // 99 is our own
  arrivals.arrived(tenant, at(50));
  arrivals.arrived(tenant, at(40));
  arrivals.before_own(tenant, at(99));
  CHECK(arrivals.newest(tenant, at(99)) == at(50));
}

TEST_CASE("a store that only ever heard itself has heard nothing", "[storage]") {
  SampleArrivals arrivals;
  arrivals.before_own(tenant, std::nullopt);
  CHECK_FALSE(arrivals.newest(tenant, at(99)).has_value());
  CHECK_FALSE(SampleArrivals::newest_of({}).has_value());
  CHECK(SampleArrivals::newest_of({{{}, {{7, 1}, {9, 1}}}, {{}, {{8, 1}}}}) == at(9));
}

}  // namespace sluice::storage
