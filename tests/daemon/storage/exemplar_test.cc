// Exemplars: stored with their samples, each once, the newest of them.
#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "daemon/storage/exemplar_store.h"
#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

constexpr std::int64_t noon_at = noon / 1'000'000;
constexpr std::int64_t day_in_ms = 86'400'000;
const LabelSet up_series = {{"__name__", "up"}, {"job", "a"}};
const LabelSet down_series = {{"__name__", "down"}, {"job", "a"}};

Exemplar exemplar(std::int64_t timestamp_ms, const char* trace, double value = 1) {
  return {{{"trace_id", trace}}, value, timestamp_ms};
}

class ExemplarFixture : public StoreFixture {
 public:
  ExemplarFixture() { open(); }
  void write(std::vector<SeriesExemplars> exemplars) {
    std::vector<SeriesSamples> series;
    for (const auto& one : exemplars) series.push_back({one.series, {{noon_at, 1}}});
    REQUIRE(store().write(tenant, std::move(series), {}, std::move(exemplars)).has_value());
  }
  std::vector<SeriesExemplars> find(const char* name, std::int64_t start = INT64_MIN,
                                    std::int64_t end = INT64_MAX) {
    const auto selector = matchers({{"__name__", query::MatchOp::regex, name}});
    return *store().exemplars().exemplars(tenant, {selector}, start, end);
  }
  void commit(ExemplarStore& exemplars, std::vector<SeriesExemplars> series) {
    auto write = exemplars.prepare(tenant, std::move(series));
    Batch step = store().database().batch();
    ExemplarStore::add_to(step, write);
    REQUIRE(store().database().write(step, Writer::client).has_value());
    exemplars.apply(std::move(write));
  }
  std::size_t documents() {
    Scan scan =
        store().database().scan_prefix(Family::document, document_key(Keyspace::exemplar, ""));
    std::size_t count = 0;
    while (scan.next()) ++count;
    return count;
  }
};

}  // namespace

TEST_CASE_METHOD(ExemplarFixture, "exemplars survive reopening, each once") {
  write({{up_series, {exemplar(noon_at + 2, "b"), exemplar(noon_at + 1, "a")}}});
  // A re-send.
  write({{up_series, {exemplar(noon_at + 1, "a")}}, {down_series, {exemplar(noon_at, "c", 2.5)}}});
  for (int round = 0; round < 2; ++round) {
    const auto found = find("up|down");
    REQUIRE(found.size() == 2);
    CHECK(found[0].series == down_series);
    CHECK(found[0].exemplars == std::vector<Exemplar>{exemplar(noon_at, "c", 2.5)});
    CHECK(found[1].exemplars ==
          std::vector<Exemplar>{exemplar(noon_at + 1, "a"), exemplar(noon_at + 2, "b")});
    reopen();
  }
  CHECK(find("up", noon_at + 2, noon_at + 9).at(0).exemplars.size() == 1);
  CHECK(find("up", noon_at + 3, noon_at + 9).empty());
  CHECK(find("nothing").empty());
}

TEST_CASE_METHOD(ExemplarFixture, "exemplars go with retention") {
  write({{up_series, {exemplar(noon_at - 20 * day_in_ms, "old")}}});
  write({{up_series, {exemplar(noon_at, "new")}}});
  clock.set(from_unix_ns(noon + 15 * day_in_ms * 1'000'000));
  store().tick();
  CHECK(find("up").at(0).exemplars == std::vector<Exemplar>{exemplar(noon_at, "new")});
  reopen();
  CHECK(find("up").at(0).exemplars.size() == 1);
}

TEST_CASE_METHOD(ExemplarFixture, "exemplars go with the retention of their tenant") {
  const TenantId shop{"shop"};
  options.retention_rules = {{"shop", "", std::chrono::hours(24)}};
  reopen();
  const std::int64_t three_days_ago = noon_at - 3 * day_in_ms;
  // One that is new does not hold back the old ones behind it.
  for (const std::int64_t at : {noon_at, three_days_ago}) {
    write({{up_series, {exemplar(at, "ours")}}});
    REQUIRE(store()
                .write(shop, {{up_series, {{at, 1}}}}, {}, {{up_series, {exemplar(at, "theirs")}}})
                .has_value());
  }
  store().tick();
  CHECK(find("up").at(0).exemplars.size() == 2);
  tenant = shop;
  CHECK(find("up").at(0).exemplars == std::vector<Exemplar>{exemplar(noon_at, "theirs")});
}

TEST_CASE_METHOD(ExemplarFixture, "exemplars go with the rule of retention of their series") {
  using std::chrono::hours;
  // The first rule that matches decides: what is kept longer, and what a rule keeps for ever.
  options.retention_rules = {{"", R"({__name__="kept"})", hours(0)},
                             {"", R"({job="a"})", hours(48)},
                             {"shop", R"({job="b"})", hours(24)}};
  reopen();
  const LabelSet kept{{"__name__", "kept"}, {"job", "a"}};
  const LabelSet other{{"__name__", "up"}, {"job", "b"}};
  const std::int64_t old = noon_at - 5 * day_in_ms;
  write({{kept, {exemplar(old, "k")}},
         {up_series, {exemplar(old, "a"), exemplar(noon_at, "b")}},
         {other, {exemplar(old, "c")}}});
  write({{up_series, {exemplar(old, "d")}}});
  REQUIRE(store()
              .write(TenantId{"shop"}, {{other, {{noon_at, 1}}}}, {},
                     {{other, {exemplar(old, "e"), exemplar(noon_at, "f")}}})
              .has_value());
  CHECK(documents() == 3);
  store().tick();
  for (int round = 0; round < 2; ++round) {
    CHECK(find("kept").at(0).exemplars == std::vector<Exemplar>{exemplar(old, "k")});
    const auto ours = find("up");
    REQUIRE(ours.size() == 2);
    CHECK(ours[0].exemplars == std::vector<Exemplar>{exemplar(noon_at, "b")});
    CHECK(ours[1].exemplars == std::vector<Exemplar>{exemplar(old, "c")});
    const TenantId mine = std::exchange(tenant, TenantId{"shop"});
    CHECK(find("up").at(0).exemplars == std::vector<Exemplar>{exemplar(noon_at, "f")});
    tenant = mine;
    CHECK(documents() == 2);
    reopen();
  }
}

TEST_CASE_METHOD(ExemplarFixture,
                 "rules of retention reach what comes late, and move with the day") {
  options.retention_rules = {{"", R"({__name__="up"})", std::chrono::hours(48)}};
  reopen();
  const std::int64_t yesterday = noon_at - day_in_ms;
  write({{up_series, {exemplar(yesterday, "a")}}, {down_series, {exemplar(yesterday, "d")}}});
  store().tick();
  CHECK(find("up").size() == 1);
  write({{up_series, {exemplar(noon_at - 9 * day_in_ms, "late"), exemplar(noon_at, "b")}}});
  store().tick();
  CHECK(find("up").at(0).exemplars ==
        std::vector<Exemplar>{exemplar(yesterday, "a"), exemplar(noon_at, "b")});
  clock.set(from_unix_ns(noon + 2 * day_in_ms * 1'000'000));
  store().tick();
  CHECK(find("up").at(0).exemplars == std::vector<Exemplar>{exemplar(noon_at, "b")});
  clock.set(from_unix_ns(noon + 3 * day_in_ms * 1'000'000));
  store().tick();
  CHECK(find("up").empty());
  CHECK(find("down").size() == 1);
}

TEST_CASE_METHOD(ExemplarFixture, "what delete_series takes, it takes with its exemplars") {
  write({{up_series, {exemplar(noon_at - 5, "a"), exemplar(noon_at, "b")}},
         {down_series, {exemplar(noon_at - 5, "c")}}});
  write({{up_series, {exemplar(noon_at - 6, "d")}}});
  const auto selector = matchers({{"__name__", query::MatchOp::equal, "up"}});
  REQUIRE(store().delete_series(tenant, {selector}, INT64_MIN, noon_at - 1).has_value());
  for (int round = 0; round < 2; ++round) {
    const auto found = find("up|down");
    REQUIRE(found.size() == 2);
    CHECK(found[0].exemplars == std::vector<Exemplar>{exemplar(noon_at - 5, "c")});
    CHECK(found[1].exemplars == std::vector<Exemplar>{exemplar(noon_at, "b")});
    reopen();
  }
  CHECK(documents() == 1);
}

TEST_CASE_METHOD(ExemplarFixture, "past their bound exemplars go from the database too") {
  ExemplarStore small(3);
  for (int i = 0; i < 5; ++i) commit(small, {{up_series, {exemplar(i, "a"), exemplar(i, "b")}}});
  CHECK(small.count() == 2);
  CHECK(documents() == 1);
  ExemplarStore again(3);
  REQUIRE(again.recover(store().database()).has_value());
  CHECK(again.count() == 2);
  // A larger bound left more than a smaller one allows.
  ExemplarStore large(100);
  REQUIRE(large.recover(store().database()).has_value());
  for (int i = 0; i < 5; ++i) commit(large, {{down_series, {exemplar(i, "c")}}});
  ExemplarStore smaller(3);
  REQUIRE(smaller.recover(store().database()).has_value());
  CHECK(smaller.count() == 3);
  CHECK(documents() == 3);
}

TEST_CASE("of a batch larger than the bound the newest stay") {
  ExemplarStore store(3);
  const TenantId tenant = default_tenant();
  auto write = store.prepare(tenant, {{up_series, {exemplar(5, "e"), exemplar(1, "a")}},
                                      {down_series, {exemplar(3, "c"), exemplar(3, "d")}},
                                      {down_series, {exemplar(4, "f"), exemplar(2, "b")}}});
  CHECK(write.count == 3);
  store.apply(std::move(write));
  const auto found = *store.exemplars(tenant, {{}}, INT64_MIN, INT64_MAX);
  REQUIRE(found.size() == 2);
  CHECK(found[0].exemplars == std::vector<Exemplar>{exemplar(3, "c"), exemplar(4, "f")});
  CHECK(found[1].exemplars == std::vector<Exemplar>{exemplar(5, "e")});
}

TEST_CASE("writes at the same time drop different batches, and may end in any order") {
  ExemplarStore store(2);
  const TenantId tenant = default_tenant();
  for (const char* trace : {"a", "b"})
    store.apply(store.prepare(tenant, {{up_series, {exemplar(1, trace)}}}));
  auto third = store.prepare(tenant, {{up_series, {exemplar(2, "c")}}});
  auto fourth = store.prepare(tenant, {{up_series, {exemplar(2, "d")}}});
  CHECK(third.dropped == std::vector<std::uint64_t>{1});
  CHECK(fourth.dropped == std::vector<std::uint64_t>{2});
  store.apply(std::move(fourth));
  const auto found = *store.exemplars(tenant, {{}}, INT64_MIN, INT64_MAX);
  CHECK(found.at(0).exemplars == std::vector<Exemplar>{exemplar(1, "a"), exemplar(2, "d")});
  store.abandon(third);
  CHECK(store.count() == 2);  // what was to leave for it is back
  auto fifth = store.prepare(tenant, {{up_series, {exemplar(3, "e")}}});
  CHECK(fifth.dropped == std::vector<std::uint64_t>{1});
  store.apply(std::move(fifth));
  CHECK(store.count() == 2);
}

TEST_CASE("exemplars are told apart bit by bit") {
  ExemplarStore store;
  const TenantId tenant = default_tenant();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (int round = 0; round < 2; ++round) {
    auto write = store.prepare(
        tenant,
        {{up_series, {exemplar(1, "a", nan), exemplar(1, "a", 0), exemplar(1, "a", -0.0)}}});
    CHECK(write.empty() == (round == 1));
    store.apply(std::move(write));
  }
  CHECK(store.count() == 3);
}

TEST_CASE("past their bound the oldest exemplars go") {
  ExemplarStore store(3);
  const TenantId tenant = default_tenant();
  const auto add = [&](const LabelSet& series, std::vector<Exemplar> exemplars) {
    auto write = store.prepare(tenant, {{series, std::move(exemplars)}});
    const std::size_t dropped = write.dropped.size();
    store.apply(std::move(write));
    return dropped;
  };
  CHECK(add(up_series, {exemplar(1, "a"), exemplar(2, "b")}) == 0);
  CHECK(add(down_series, {exemplar(3, "c")}) == 0);
  CHECK(add(up_series, {exemplar(4, "d")}) == 1);
  CHECK(store.count() == 2);
  const auto found = *store.exemplars(tenant, {{}}, INT64_MIN, INT64_MAX);
  REQUIRE(found.size() == 2);
  CHECK(found[1].exemplars == std::vector<Exemplar>{exemplar(4, "d")});
  CHECK(store.exemplars(TenantId{"other"}, {{}}, INT64_MIN, INT64_MAX)->empty());
}
