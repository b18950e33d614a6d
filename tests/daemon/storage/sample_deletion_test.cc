// delete_series: what is deleted is not seen, by nobody, not even after a restart; the rest is.
#include <catch2/catch_test_macros.hpp>

#include "daemon/storage/sample_part.h"
#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

constexpr std::int64_t deletion_noon_ms = noon / 1'000'000;
const LabelSet a = {{"__name__", "up"}, {"job", "a"}};
const LabelSet b = {{"__name__", "up"}, {"job", "b"}};

class DeletionFixture : public StoreFixture {
 public:
  DeletionFixture() {
    open();
    for (const LabelSet& labels : {a, b})
      write(labels, {{deletion_noon_ms, 1}, {deletion_noon_ms + 10, 2}});
  }
  void write(const LabelSet& labels, std::vector<Sample> samples) {
    REQUIRE(store().write(tenant, {{labels, std::move(samples)}}, {}).has_value());
  }
  void remove(const char* job, std::int64_t start = INT64_MIN, std::int64_t end = INT64_MAX) {
    REQUIRE(bool(store().delete_series(tenant, {matchers({{"job", query::MatchOp::equal, job}})},
                                       start, end)));
  }
  std::size_t count() {
    std::size_t found = 0;
    for (const auto& series : samples("up", INT64_MIN, INT64_MAX)) found += series.samples.size();
    return found;
  }
  // Of all parts: their keys, and the samples in them.
  std::pair<std::vector<std::string>, std::uint64_t> parts() {
    std::pair<std::vector<std::string>, std::uint64_t> found;
    Scan scan = store().database().scan(Family::sample_part, "", "");
    while (scan.next()) {
      const auto payload = scan.payload(ValueType::sample_part);
      const auto summary = decode_sample_summary(payload.value());
      found.first.emplace_back(scan.key());
      found.second += summary.value().samples;
    }
    return found;
  }
  void merge() { REQUIRE(store().merge_now().has_value()); }
  std::vector<LabelSet> series() { return series_of(tenant, {}, INT64_MIN, INT64_MAX); }
};

}  // namespace

TEST_CASE_METHOD(DeletionFixture, "deleted series are gone before and after a restart") {
  remove("a");
  for (int round = 0; round < 3; ++round) {
    CHECK(count() == 2);
    CHECK(series() == std::vector<LabelSet>{b});
    if (round == 1) flush();
    reopen();
  }
  CHECK(series_of(TenantId{"other"}, {}, INT64_MIN, INT64_MAX).empty());
}

TEST_CASE_METHOD(DeletionFixture, "merges write parts again without what was deleted, once") {
  flush();
  write(b, {{deletion_noon_ms + 20, 3}});
  flush();
  const auto before = parts();
  CHECK(before.first.size() == 2);
  CHECK(before.second == 5);
  merge();
  CHECK(parts() == before);  // nothing to do

  remove("a", deletion_noon_ms + 5, deletion_noon_ms + 50);
  merge();
  const auto once = parts();
  CHECK(once.first.size() == 2);
  CHECK(once.first != before.first);
  CHECK(once.second == 4);
  CHECK(count() == 4);
  for (int round = 0; round < 2; ++round) {
    merge();
    CHECK(parts() == once);  // nor is the other part touched
    reopen();
  }

  remove("a");
  merge();
  CHECK(parts().second == 3);
  remove("b", deletion_noon_ms + 20, deletion_noon_ms + 20);
  merge();
  CHECK(parts().first.size() == 1);       // nothing was left of the other
  write(a, {{deletion_noon_ms + 7, 1}});  // for the deleted time
  flush();
  CHECK(parts().second == 3);
  merge();
  CHECK(parts().second == 2);
  CHECK(count() == 2);
  CHECK(series() == std::vector<LabelSet>{b});
}

TEST_CASE_METHOD(DeletionFixture, "a part of the time is deleted, and what comes later is seen") {
  remove("a", deletion_noon_ms + 1, deletion_noon_ms + 10);
  CHECK(count() == 3);
  CHECK(series().size() == 2);
  remove("a", INT64_MIN, INT64_MAX);
  CHECK(series().size() == 1);
  clock.set(from_unix_ns(noon + 60 * second));
  write(a, {{deletion_noon_ms + 60'000, 3}});
  CHECK(series().size() == 2);
  CHECK(count() == 3);
}

TEST_CASE_METHOD(DeletionFixture, "series are listed without those of which nothing is left") {
  const auto listed = [&](std::int64_t start, std::int64_t end) {
    return series_of(tenant, {}, start, end);
  };
  const std::vector<LabelSet> both = {a, b};
  const std::vector<LabelSet> only_b = {b};
  // One deletion of a part of the time: the range decides.
  remove("a", deletion_noon_ms, deletion_noon_ms + 5);
  CHECK(listed(deletion_noon_ms + 6, deletion_noon_ms + 60) == both);
  CHECK(listed(deletion_noon_ms, deletion_noon_ms + 5) == only_b);
  CHECK(listed(deletion_noon_ms - 5, deletion_noon_ms + 9) == only_b);
  CHECK(listed(deletion_noon_ms - 5, deletion_noon_ms + 10) == both);
  // Several, which leave nothing together; and one that matches none of these.
  remove("nobody", deletion_noon_ms, deletion_noon_ms + 5);
  CHECK(listed(deletion_noon_ms - 5, deletion_noon_ms + 9) == only_b);
  remove("a", deletion_noon_ms + 6, deletion_noon_ms + 20);
  CHECK(listed(deletion_noon_ms - 5, deletion_noon_ms + 30) == only_b);
  flush();
  CHECK(listed(deletion_noon_ms - 5, deletion_noon_ms + 30) == only_b);
  // So many that everything is read once.
  for (int i = 0; i < 10; ++i) remove("nobody", deletion_noon_ms + i, deletion_noon_ms + i);
  CHECK(listed(deletion_noon_ms - 5, deletion_noon_ms + 30) == only_b);
  remove("b", deletion_noon_ms, deletion_noon_ms + 5);
  CHECK(listed(deletion_noon_ms - 5, deletion_noon_ms + 30) == only_b);
  CHECK(listed(deletion_noon_ms - 5, deletion_noon_ms + 9).empty());
}

TEST_CASE_METHOD(DeletionFixture, "another tenant keeps its own") {
  REQUIRE(store().write(TenantId{"other"}, {{a, {{deletion_noon_ms, 1}}}}, {}).has_value());
  remove("a");
  CHECK(series_of(TenantId{"other"}, {}, INT64_MIN, INT64_MAX).size() == 1);
}

TEST_CASE_METHOD(DeletionFixture, "deletions have a bound, and go with what they hide") {
  for (std::size_t i = 0; i < sample_deletions_max; ++i) remove("nobody", 0, deletion_noon_ms);
  const auto refused = store().delete_series(tenant, {{}}, 0, deletion_noon_ms);
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == ErrorCode::limit_exceeded);
  clock.set(from_unix_ns(noon) + std::chrono::hours(24 * 40));
  store().tick();
  remove("nobody", 0, deletion_noon_ms);
}
