// The head of the metrics store over seals and restarts: labels told once, idle series leaving,
// late samples, readers that meet a seal.
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

constexpr std::int64_t head_noon_ms = noon / 1'000'000;

class HeadFixture : public StoreFixture {
 public:
  HeadFixture() { open(); }

  std::size_t write(const LabelSet& labels, std::vector<Sample> samples) {
    const auto written = store().write(tenant, {{labels, std::move(samples)}}, {});
    REQUIRE(written.has_value());
    return written->accepted;
  }
  std::size_t count(const std::string& name) {
    std::size_t samples_found = 0;
    for (const auto& series : samples(name, INT64_MIN, INT64_MAX))
      samples_found += series.samples.size();
    return samples_found;
  }
  std::size_t batch_bytes() {
    Scan scan = store().database().scan(Family::sample_head, "", "");
    std::size_t bytes = 0;
    while (scan.next()) bytes += scan.raw_value().size();
    return bytes;
  }
  std::size_t parts() {
    Scan scan = store().database().scan(Family::sample_part, "", "");
    std::size_t count = 0;
    while (scan.next()) ++count;
    return count;
  }
  double series_in_memory() {
    store().tick();
    return metric(metrics, "sluice_storage_series");
  }
};

LabelSet numbered(int i) {
  return {{"__name__", "churn"}, {"pod", "pod-" + std::to_string(i)}};
}

}  // namespace

TEST_CASE_METHOD(HeadFixture, "labels are told once between seals, and samples outlive restarts") {
  const LabelSet up = {{"__name__", "up"}, {"pad", std::string(500, 'x')}};
  write(up, {{head_noon_ms, 1}});
  const std::size_t first = batch_bytes();
  for (int i = 1; i < 50; ++i) write(up, {{head_noon_ms + i, 1}});
  CHECK(batch_bytes() < first + 50 * 60);
  reopen();
  CHECK(count("up") == 50);
  write(up, {{head_noon_ms + 50, 1}});
  reopen();
  flush();
  CHECK(batch_bytes() == 0);
  write(up, {{head_noon_ms + 51, 1}});
  write(up, {{head_noon_ms + 52, 1}});
  reopen();
  CHECK(count("up") == 53);
}

TEST_CASE_METHOD(HeadFixture, "series that are no longer written leave memory, not the store") {
  constexpr int generations = 20;
  constexpr int pods = 50;
  for (int generation = 0; generation < generations; ++generation) {
    for (int pod = 0; pod < pods; ++pod)
      write(numbered(generation * pods + pod), {{head_noon_ms + generation, 1}});
    flush();
    CHECK(series_in_memory() <= 2 * pods);
  }
  CHECK(samples("churn", INT64_MIN, INT64_MAX).size() == generations * pods);
  CHECK(series_of(tenant, {}, INT64_MIN, INT64_MAX).size() == generations * pods);
  // One of them comes back, first late, then with news and repeats.
  CHECK(write(numbered(0), {{head_noon_ms - 5, 7}, {head_noon_ms, 1}}) == 2);
  CHECK(write(numbered(0), {{head_noon_ms, 2}}) == 0);
  CHECK(write(numbered(0), {{head_noon_ms + 1000, 3}}) == 1);
  reopen();
  CHECK(count("churn") == generations * pods + 2);
}

TEST_CASE_METHOD(HeadFixture, "an hour of late samples is kept, each at its place") {
  const LabelSet late = {{"__name__", "late"}};
  constexpr int n = 240;
  for (int i = 0; i < n; i += 2) write(late, {{head_noon_ms + i * 15'000, 1.0 * i}});
  flush();
  for (int i = n - 1; i > 0; i -= 2) {
    write(late, {{head_noon_ms + i * 15'000, 1.0 * i}});
    if (i % 80 == 1) flush();
  }
  const auto check = [&] {
    const auto found = samples("late", INT64_MIN, INT64_MAX);
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].samples.size() == n);
    for (int i = 0; i < n; ++i) {
      const Sample& sample = found[0].samples[static_cast<std::size_t>(i)];
      CHECK(sample.value == i);
      CHECK(sample.timestamp_ms == head_noon_ms + i * 15'000);
    }
  };
  check();
  reopen();
  check();
  clock.advance(std::chrono::hours(24));
  REQUIRE(store().merge_now().has_value());
  check();
}

TEST_CASE_METHOD(HeadFixture, "a query that meets seals and merges sees each sample once") {
  constexpr std::size_t series = 40;
  for (std::size_t i = 0; i < series; ++i)
    write({{"__name__", "met"}, {"i", std::to_string(i)}}, {{head_noon_ms, 1}});
  query::QueryContext context;
  query::SampleSelect select;
  select.tenant = tenant;
  select.matchers = matchers({{"__name__", query::MatchOp::equal, "met"}});
  select.start_ms = INT64_MIN;
  select.end_ms = INT64_MAX;
  auto cursor = store().samples().select(select, context);
  REQUIRE(cursor.has_value());
  std::size_t seen = 0;
  for (;;) {
    const auto next = (*cursor)->next();
    REQUIRE(next.has_value());
    if (!*next) break;
    REQUIRE((*next)->samples.size() >= 1);
    CHECK((*next)->samples[0].timestamp_ms == head_noon_ms);
    ++seen;
    // Between any two series the head is sealed, so that those to come are in a part by now.
    if (seen % 3 == 0) {
      write({{"__name__", "other"}}, {{head_noon_ms + static_cast<std::int64_t>(seen), 1}});
      flush();
      if (seen % 9 == 0) REQUIRE(store().merge_now().has_value());
    }
  }
  CHECK(seen == series);
}

TEST_CASE_METHOD(HeadFixture, "writers and seals at once lose nothing, also after a restart") {
  constexpr int writers = 3;
  constexpr int writes = 150;
  std::vector<std::thread> threads;
  std::atomic<int> failed{0};
  for (int w = 0; w < writers; ++w)
    threads.emplace_back([&, w] {
      for (int i = 0; i < writes; ++i) {
        const LabelSet labels = {
            {"__name__", "busy"}, {"w", std::to_string(w)}, {"s", std::to_string(i % 5)}};
        if (!store().write(tenant, {{labels, {{head_noon_ms + i, 1.0 * i}}}}, {})) ++failed;
      }
    });
  for (int i = 0; i < 12; ++i) {
    CHECK(store().flush().has_value());
    CHECK(store().merge_now().has_value());
  }
  for (auto& thread : threads) thread.join();
  CHECK(failed == 0);
  CHECK(count("busy") == writers * writes);
  reopen();
  CHECK(count("busy") == writers * writes);
  flush();
  reopen();
  CHECK(count("busy") == writers * writes);
  CHECK(metric(metrics, "sluice_storage_corrupt_total") == 0);
}

TEST_CASE_METHOD(HeadFixture, "samples of many windows in one head make a part of each") {
  constexpr std::int64_t window_ms = 6 * 3'600'000;
  for (std::int64_t i = 0; i < 30; ++i)
    write({{"__name__", "wide"}, {"i", std::to_string(i % 3)}},
          {{head_noon_ms - i * window_ms, static_cast<double>(i)}});
  flush();
  CHECK(count("wide") == 30);
  CHECK(parts() == 30);
  reopen();
  CHECK(count("wide") == 30);
}
