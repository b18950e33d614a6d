// Exemplars: stored with their samples, each once, the newest of them.
#include <catch2/catch_test_macros.hpp>

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

TEST_CASE("past their bound the oldest exemplars go") {
  ExemplarStore store(3);
  const TenantId tenant = default_tenant();
  const auto add = [&](const LabelSet& series, std::vector<Exemplar> exemplars) {
    const auto write = store.prepare(tenant, {{series, std::move(exemplars)}});
    store.apply(write);
    return write.dropped.size();
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
