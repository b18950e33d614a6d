// Retention drops whole days, of logs and samples, on disk too.
#include <catch2/catch_test_macros.hpp>

#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

constexpr std::int64_t day_ns = 86'400 * second;
constexpr std::int64_t day_ms = 86'400'000;
constexpr std::int64_t noon_ms = noon / 1'000'000;

// Long enough for a chunk of its own.
std::string line_of_day(int day) {
  return std::to_string(day) + std::string(100, '.');
}

class Retention : public StoreFixture {
 public:
  Retention() {
    options.retention = std::chrono::hours(24 * 3);
    open();
    for (int i = 0; i < 6; ++i) {
      push({stream({{"day", std::to_string(i)}}, {entry(noon - i * day_ns, line_of_day(i))})});
      REQUIRE(store()
                  .write(tenant,
                         {{{{"__name__", "m"}, {"day", std::to_string(i)}},
                           {{noon_ms - i * day_ms, 1}}}},
                         {})
                  .has_value());
    }
    flush();
  }
  std::size_t stored_keys(Family family) {
    Scan scan = store().database().scan(family, "", "");
    std::size_t keys = 0;
    while (scan.next()) ++keys;
    return keys;
  }
};

}  // namespace

TEST_CASE_METHOD(Retention, "days past retention are dropped whole, the others stay whole") {
  CHECK(lines().size() == 6);
  store().tick();
  CHECK(lines() ==
        std::vector<std::string>{line_of_day(0), line_of_day(1), line_of_day(2), line_of_day(3)});
  CHECK(store().logs().streams(tenant, {}, {})->size() == 4);
  CHECK(samples("m", 0, noon_ms).size() == 4);
  CHECK(series_of(tenant, {}, 0, noon_ms).size() == 4);
  for (const Family family : {Family::part, Family::directory, Family::rows, Family::sample_part})
    CHECK(stored_keys(family) == 4);
  CHECK(stored_keys(Family::group) == 8);  // template list and header of each part
  reopen();
  CHECK(lines().size() == 4);
  CHECK(samples("m", 0, noon_ms).size() == 4);
  clock.advance(std::chrono::hours(24 * 10));
  store().tick();
  CHECK(lines().empty());
  CHECK(samples("m", 0, noon_ms).empty());
  CHECK(stored_keys(Family::group) == 0);
  CHECK(stored_keys(Family::rows) == 0);
}

TEST_CASE_METHOD(Retention, "a query that runs while its days are dropped does not fail") {
  query::QueryContext context;
  query::LogSelect select;
  select.tenant = tenant;
  auto cursor = store().logs().select(select, context);
  REQUIRE(cursor.has_value());
  clock.advance(std::chrono::hours(24 * 10));
  store().tick();
  std::size_t seen = 0;
  for (;;) {
    const auto batch = (*cursor)->next();
    REQUIRE(batch.has_value());
    if (!*batch) break;
    seen += (*batch)->lines.size();
  }
  CHECK(seen <= 6);
}

TEST_CASE_METHOD(Retention, "retention of zero keeps forever") {
  close();
  options.retention = std::chrono::hours(0);
  open();
  clock.advance(std::chrono::hours(24 * 1000));
  store().tick();
  CHECK(lines().size() == 6);
}
