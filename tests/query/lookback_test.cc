// LogSource::scan: what a query may not see, because it is too old, no source is asked for.
#include <catch2/catch_test_macros.hpp>

#include "tests/query/memory_source.h"

using namespace sluice;
using namespace sluice::query;
using namespace std::chrono_literals;

namespace {

constexpr Timestamp now = from_unix_ns(1'700'000'000'000'000'000);  // 22:13:20

struct Looking {
  test::MemoryLogSource logs;
  QueryContext context{{}, limits()};
  LogSelect select{default_tenant(), {}, {now - 10h, now}, {}, Direction::forward};

  static QueryLimits limits() {
    QueryLimits limits;
    limits.max_lookback = 1h;
    return limits;
  }
  // What the source was asked for.
  const LogSelect& scan() {
    REQUIRE(bool(logs.scan(select, context)));
    return logs.last_select();
  }
};

}  // namespace

TEST_CASE("without a limit a query sees all there is") {
  Looking f;
  CHECK(f.context.oldest() == Timestamp::min());
  CHECK(f.scan().range == TimeRange{now - 10h, now});
}

TEST_CASE("what is older than the lookback is not asked for") {
  Looking f;
  f.context.look_back_from(now);
  CHECK(f.scan().range == TimeRange{now - 1h, now});
  f.select.range.start = now - 5min;
  CHECK(f.scan().range == TimeRange{now - 5min, now});
}

TEST_CASE("of a range before the lookback there is nothing to read") {
  Looking f;
  f.context.look_back_from(now);
  f.logs.add({{"app", "a"}}, LogEntry{now - 2h, "old", {}});
  f.select.range.end = now - 1h;
  const auto scan = f.logs.scan(f.select, f.context);
  REQUIRE(bool(scan));
  CHECK((*scan)->units() == 0);
  CHECK(f.logs.last_select().tenant.value.empty());
}

TEST_CASE("times before what is seen mean something else than those seen") {
  Looking f;
  f.context.look_back_from(now);
  f.select.projection.same_until = [](Timestamp) { return Timestamp::max(); };
  const auto same = f.scan().projection.same_until;
  CHECK(same(now - 2h) == now - 1h - 1ns);
  CHECK(same(now - 1h) == Timestamp::max());
}

TEST_CASE("counts by interval begin with the first whole interval, of a minute at most") {
  Looking f;
  f.context.look_back_from(now);
  f.select.projection.coalesce = 30min;
  CHECK(f.scan().projection.coalesce == 1min);
  CHECK(f.scan().range.start == now - 1h + 40s + 1ns);
  f.select.projection.coalesce = 45s;
  CHECK(f.scan().projection.coalesce == 15s);
  CHECK(f.scan().range.start == now - 1h + 10s + 1ns);
  // A range that begins within the lookback stays as it is.
  f.select.range.start = now - 30min;
  CHECK(f.scan().projection.coalesce == 45s);
}
