// Documents of other modules: one step is all or nothing, keys keep their order.
#include <catch2/catch_test_macros.hpp>

#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

class Documents : public StoreFixture {
 public:
  Documents() { open(); }
};

}  // namespace

TEST_CASE_METHOD(Documents, "a step's documents are there at once and after reopening") {
  Step step;
  step.put(Keyspace::outbox, "b", "2");
  step.put(Keyspace::outbox, "a", "1");
  step.put(Keyspace::outbox, std::string("a\0x", 3), "with NUL");
  step.put(Keyspace::gate, "a", "");
  REQUIRE(store().commit(step).has_value());
  for (int round = 0; round < 2; ++round) {
    CHECK(store().get(Keyspace::outbox, "a").value() == "1");
    CHECK(store().get(Keyspace::gate, "a").value() == "");
    CHECK(!store().get(Keyspace::gate, "b").value());
    const auto all = store().scan(Keyspace::outbox, "").value();
    REQUIRE(all.size() == 3);
    CHECK(all[0].key == "a");
    CHECK(all[1].key == std::string("a\0x", 3));
    CHECK(all[2].value == "2");
    CHECK(store().scan(Keyspace::outbox, "a").value().size() == 2);
    reopen();
  }
}

TEST_CASE_METHOD(Documents, "a step removes, overwrites and writes samples together") {
  Step first;
  first.put(Keyspace::alert_state, "x", "old");
  first.put(Keyspace::alert_state, "y", "old");
  REQUIRE(store().commit(first).has_value());
  Step second;
  second.put(Keyspace::alert_state, "x", "new");
  second.remove(Keyspace::alert_state, "y");
  second.write(tenant, {{{{"__name__", "job:up:sum"}}, {{1000, 3}}}});
  REQUIRE(store().commit(second).has_value());
  CHECK(store().get(Keyspace::alert_state, "x").value() == "new");
  CHECK(!store().get(Keyspace::alert_state, "y").value());
  CHECK(samples("job:up:sum", 0, 2000).size() == 1);
}

TEST_CASE_METHOD(Documents, "an empty step is nothing") {
  CHECK(store().commit(Step()).has_value());
}
