// Batch identity: re-sent batches are recognised, whatever their cut (batch-identity.md).
#include <catch2/catch_test_macros.hpp>

#include "tests/daemon/push_views.h"
#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage::test;

namespace {

const std::string source_a(32, 'a');
const std::string source_b(32, 'b');
using Strings = std::vector<std::string>;

class Identity : public StoreFixture {
 public:
  Identity() { open(); }
};

}  // namespace

TEST_CASE_METHOD(Identity, "a re-sent batch is acknowledged and not stored again") {
  auto first = push_from(source_a, 0, {"one", "two"});
  REQUIRE(first.has_value());
  CHECK(first->accepted == 2);
  CHECK(first->high_water == 8);
  for (int round = 0; round < 2; ++round) {
    auto again = push_from(source_a, 0, {"one", "two"});
    REQUIRE(again.has_value());
    CHECK(again->accepted == 0);
    CHECK(again->duplicates == 2);
    CHECK(again->high_water == 8);
    reopen();
  }
  CHECK(lines() == Strings({"one", "two"}));
}

TEST_CASE_METHOD(Identity, "a batch cut differently stores only its new lines") {
  REQUIRE(push_from(source_a, 0, {"one", "two"}).has_value());
  flush();
  auto overlap = push_from(source_a, 4, {"two", "three"});
  REQUIRE(overlap.has_value());
  CHECK(overlap->accepted == 1);
  CHECK(overlap->duplicates == 1);
  CHECK(overlap->high_water == 14);
  CHECK(lines() == Strings({"one", "three", "two"}));
}

TEST_CASE_METHOD(Identity, "a gap is refused unless it is declared lost") {
  REQUIRE(push_from(source_a, 0, {"one"}).has_value());
  auto gap = push_from(source_a, 100, {"far"});
  REQUIRE(!gap.has_value());
  CHECK(gap.error().code == ErrorCode::conflict);
  BatchIdentity id;
  id.agent = AgentId("agent");
  id.source = source_a;
  CHECK(*store().high_water(tenant, id) == 4);
  auto declared = push_from(source_a, 100, {"far"}, true);
  REQUIRE(declared.has_value());
  CHECK(declared->high_water == 104);
  CHECK(metric(metrics, "sluice_storage_lost_source_bytes_total") == 96);
  CHECK(lines() == Strings({"far", "one"}));
}

TEST_CASE_METHOD(Identity, "sources and tenants have marks of their own") {
  REQUIRE(push_from(source_a, 0, {"one"}).has_value());
  REQUIRE(push_from(source_b, 0, {"one"}).has_value());
  tenant = TenantId("other");
  REQUIRE(push_from(source_a, 0, {"one"}).has_value());
  CHECK(lines().size() == 1);
  tenant = default_tenant();
  CHECK(lines().size() == 2);
}

TEST_CASE_METHOD(Identity, "a batch whose entries were all rejected still moves the mark") {
  BatchIdentity id;
  id.agent = AgentId("agent");
  id.source = source_a;
  id.end = 50;
  auto outcome = store().push({tenant, {}, id});
  REQUIRE(outcome.has_value());
  CHECK(outcome->high_water == 50);
  reopen();
  CHECK(*store().high_water(tenant, id) == 50);
}

TEST_CASE_METHOD(Identity, "an identity that does not fit its push is refused") {
  BatchIdentity id;
  id.agent = AgentId("agent");
  id.source = source_a;
  id.end = 4;
  id.ends = {4};
  auto lengths = store().push(
      {tenant, views_of({stream({{"a", "1"}}, {entry(noon, "x"), entry(noon, "y")})}), id});
  REQUIRE(!lengths.has_value());
  CHECK(lengths.error().code == ErrorCode::invalid_argument);
  auto streams = store().push(
      {tenant, views_of({stream({{"a", "1"}}, {entry(noon, "x")}), stream({{"a", "2"}}, {})}), id});
  REQUIRE(!streams.has_value());
  CHECK(streams.error().code == ErrorCode::invalid_argument);
  CHECK(lines().empty());
}
