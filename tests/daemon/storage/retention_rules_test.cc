// Retention of tenants and streams, and the size cap, in a store.
#include <catch2/catch_test_macros.hpp>

#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

using Strings = std::vector<std::string>;
constexpr std::int64_t rules_day_ns = 86'400 * second;
constexpr std::int64_t rules_noon_ms = noon / 1'000'000;

class Rules : public StoreFixture {
 public:
  const TenantId shop{"shop"};
  const TenantId other{"other"};

  void fill(const TenantId& id, int days) {
    tenant = id;
    for (int i = 0; i < days; ++i) {
      for (const char* app : {"debug", "web"})
        push({stream({{"app", app}}, {entry(noon - i * rules_day_ns, app + std::to_string(i))})});
      REQUIRE(
          store()
              .write(tenant,
                     {{{{"__name__", "m"}}, {{rules_noon_ms - i * rules_day_ns / 1'000'000, 1}}}},
                     {})
              .has_value());
    }
    flush();
  }
  Strings lines_of(const TenantId& id) {
    tenant = id;
    return lines();
  }
  std::size_t samples_of(const TenantId& id) {
    tenant = id;
    std::size_t count = 0;
    for (const auto& series : samples("m", 0, rules_noon_ms)) count += series.samples.size();
    return count;
  }
  std::size_t keys(Family family) {
    Scan scan = store().database().scan(family, "", "");
    std::size_t count = 0;
    while (scan.next()) ++count;
    return count;
  }
};

}  // namespace

TEST_CASE_METHOD(Rules, "a tenant's period is for its logs and its samples") {
  options.retention = std::chrono::hours(24 * 4);
  options.retention_rules = {{"shop", "", std::chrono::hours(24)}};
  open();
  fill(shop, 6);
  fill(other, 6);
  store().tick();
  CHECK(lines_of(shop) == Strings({"debug0", "debug1", "web0", "web1"}));
  CHECK(samples_of(shop) == 2);
  CHECK(lines_of(other).size() == 10);
  CHECK(samples_of(other) == 5);
  CHECK(keys(Family::part) == 7);
  CHECK(keys(Family::group) == 2 * 7);  // template list and one row group each
  CHECK(keys(Family::sample_part) == 7);
  reopen();
  CHECK(lines_of(shop).size() == 4);
  CHECK(lines_of(other).size() == 10);
  CHECK(samples_of(shop) == 2);
}

TEST_CASE_METHOD(Rules, "a tenant may keep longer than the others") {
  options.retention = std::chrono::hours(24);
  options.retention_rules = {{"shop", "", std::chrono::hours(0)}};
  open();
  fill(shop, 4);
  fill(other, 4);
  clock.advance(std::chrono::hours(24 * 100));
  store().tick();
  CHECK(lines_of(shop).size() == 8);
  CHECK(samples_of(shop) == 4);
  CHECK(lines_of(other).empty());
  CHECK(samples_of(other) == 0);
}

TEST_CASE_METHOD(Rules, "streams with a period of their own are hidden at once, freed by a merge") {
  options.retention = std::chrono::hours(24 * 4);
  options.retention_rules = {{"", "{app=\"debug\"}", std::chrono::hours(24)}};
  open();
  fill(shop, 4);
  store().tick();
  const Strings kept = {"debug0", "debug1", "web0", "web1", "web2", "web3"};
  CHECK(lines_of(shop) == kept);
  REQUIRE(store().merge_now().has_value());
  std::uint64_t rows = 0;
  for (const auto& day : store().space()) rows += day.rows;
  CHECK(rows == 6);
  CHECK(metric(metrics, "sluice_storage_deleted_rows_total") == 2);
  CHECK(lines_of(shop) == kept);
  const double merges = metric(metrics, "sluice_storage_merges_total");
  REQUIRE(store().merge_now().has_value());
  CHECK(metric(metrics, "sluice_storage_merges_total") == merges);  // nothing is left to free
  clock.advance(std::chrono::hours(24));
  CHECK(lines_of(shop) == Strings({"debug0", "web0", "web1", "web2", "web3"}));
  REQUIRE(store().merge_now().has_value());
  reopen();
  CHECK(lines_of(shop) == Strings({"debug0", "web0", "web1", "web2", "web3"}));
}

TEST_CASE_METHOD(Rules, "streams may be kept longer than the rest") {
  options.retention = std::chrono::hours(24);
  options.retention_rules = {{"shop", "{app=\"web\"}", std::chrono::hours(24 * 3)}};
  open();
  fill(shop, 6);
  store().tick();
  REQUIRE(store().merge_now().has_value());
  CHECK(lines_of(shop) == Strings({"debug0", "debug1", "web0", "web1", "web2", "web3"}));
  CHECK(keys(Family::part) == 4);
  CHECK(samples_of(shop) == 2);
}

TEST_CASE_METHOD(Rules, "above the size cap the oldest days go, never today") {
  options.retention = std::chrono::hours(0);
  open();
  fill(shop, 4);
  fill(other, 2);
  std::uint64_t stored = 0;
  for (const auto& day : store().space()) stored += day.stored_bytes;
  close();
  options.max_bytes = stored;
  open();
  store().tick();
  CHECK(lines_of(shop).size() == 8);
  close();
  options.max_bytes = stored - 1;  // one day too much
  open();
  store().tick();
  CHECK(lines_of(shop).size() == 6);
  CHECK(lines_of(other).size() == 4);
  CHECK(metric(metrics, "sluice_storage_cap_dropped_parts_total") == 1);
  close();
  options.max_bytes = 1;
  open();
  store().tick();
  CHECK(lines_of(shop) == Strings({"debug0", "web0"}));
  CHECK(lines_of(other) == Strings({"debug0", "web0"}));
  CHECK(metric(metrics, "sluice_storage_over_cap_bytes") > 0);
  CHECK(keys(Family::group) == 2 * 2);
  reopen();
  CHECK(lines_of(shop).size() == 2);
}

TEST_CASE_METHOD(Rules, "series with a period of their own are hidden at once, freed by a merge") {
  options.retention = std::chrono::hours(24 * 10);
  options.retention_rules = {{"", "{app=\"debug\"}", std::chrono::hours(24)},
                             {"", "{app=\"audit\"}", std::chrono::hours(24 * 30)}};
  open();
  const auto write_days = [&](const char* app, int days) {
    for (int day = 0; day < days; ++day)
      REQUIRE(store()
                  .write(shop,
                         {{{{"__name__", "m"}, {"app", app}},
                           {{rules_noon_ms - day * ms_per_day, static_cast<double>(day)}}}},
                         {})
                  .has_value());
  };
  write_days("debug", 20);
  write_days("audit", 20);
  write_days("web", 20);
  flush();
  store().tick();
  // Whole days: a day goes when its end is older than the period.
  const std::size_t kept = 2 + 20 + 11;
  CHECK(samples_of(shop) == kept);
  const auto stored = [&] { return store().check([] { return false; })->samples; };
  CHECK(stored() == 60);
  REQUIRE(store().merge_now().has_value());
  CHECK(samples_of(shop) == kept);
  CHECK(stored() == kept);
  tenant = shop;
  const auto old_ms = rules_noon_ms - 15 * ms_per_day;
  CHECK(series_of(shop, {}, old_ms - 1, old_ms + 1).size() == 1);
  reopen();
  CHECK(samples_of(shop) == kept);
}
