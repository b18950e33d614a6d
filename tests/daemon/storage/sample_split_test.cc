// A series cursor that several threads share by parts: together they see what one sees alone,
// whatever is sealed meanwhile.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

constexpr std::int64_t start_ms = noon / 1'000'000;
constexpr int series_count = 4'000;

struct SplitFixture : StoreFixture {
  SplitFixture() { open(); }

  static LabelSet labels_of(int i) { return {{"__name__", "m"}, {"i", std::to_string(i)}}; }
  // The series [begin, end), each `step`th.
  void write(int begin, int end, int step, std::int64_t at_ms) {
    std::vector<SeriesSamples> write;
    for (int i = begin; i < end; i += step)
      write.push_back({labels_of(i), {{at_ms, static_cast<double>(i)}}, {}});
    REQUIRE(store().write(tenant, std::move(write), {}).has_value());
  }
  std::unique_ptr<query::SeriesCursor> cursor(query::QueryContext& context) {
    auto found = store().samples().select(
        {tenant, matchers({{"__name__", query::MatchOp::equal, "m"}}), start_ms, start_ms + 60'000},
        context);
    REQUIRE(found.has_value());
    return std::move(*found);
  }
};

using SeriesTexts = std::vector<std::string>;

// A line for each series, with its samples; an error is a line, too, so that threads may read.
SeriesTexts read_series_texts(query::SeriesCursor& cursor) {
  SeriesTexts lines;
  for (;;) {
    const auto series = cursor.next();
    if (!series) lines.push_back("error: " + series.error().message);
    if (!series || *series == nullptr) return lines;
    std::string line = (*series)->labels.to_string();
    for (const Sample& sample : (*series)->samples)
      line += ' ' + std::to_string(sample.timestamp_ms) + ':' + std::to_string(sample.value);
    lines.push_back(std::move(line));
  }
}

SeriesTexts read_by_threads(const std::vector<std::unique_ptr<query::SeriesCursor>>& parts) {
  std::vector<SeriesTexts> found(parts.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < parts.size(); ++i)
    threads.emplace_back([&, i] { found[i] = read_series_texts(*parts[i]); });
  for (auto& thread : threads) thread.join();
  SeriesTexts all;
  for (const SeriesTexts& lines : found) all.insert(all.end(), lines.begin(), lines.end());
  return all;
}

}  // namespace

TEST_CASE_METHOD(SplitFixture, "the parts of a series cursor see each series once") {
  // Sealed ones, ones in both, ones in the head alone.
  write(0, series_count, 2, start_ms);
  flush();
  write(0, series_count, 4, start_ms + 15'000);
  write(1, series_count, 2, start_ms + 15'000);
  query::QueryContext context;
  const SeriesTexts alone = read_series_texts(*cursor(context));
  REQUIRE(alone.size() == series_count);
  for (const std::size_t parts : {2, 3, 5}) {
    CAPTURE(parts);
    const auto whole = cursor(context);
    const auto cursors = whole->split(parts);
    REQUIRE(cursors.size() == parts);
    for (const auto& one : cursors) CHECK(one != nullptr);
    CHECK(read_by_threads(cursors) == alone);
    CHECK(read_series_texts(*whole).empty());
  }
}

TEST_CASE_METHOD(SplitFixture, "what is sealed after the split is seen once") {
  write(0, series_count, 1, start_ms);
  query::QueryContext context;
  const SeriesTexts alone = read_series_texts(*cursor(context));
  const auto whole = cursor(context);
  const auto cursors = whole->split(3);
  REQUIRE(cursors.size() == 3);
  flush();
  CHECK(read_by_threads(cursors) == alone);
}

TEST_CASE_METHOD(SplitFixture, "few series are not worth a second thread") {
  write(0, 100, 1, start_ms);
  query::QueryContext context;
  const auto whole = cursor(context);
  CHECK(whole->split(4).empty());
  CHECK(read_series_texts(*whole).size() == 100);
}

TEST_CASE_METHOD(SplitFixture, "what matches in the head is charged while a cursor is read") {
  write(0, series_count, 1, start_ms);
  query::QueryContext context;
  {
    const auto whole = cursor(context);
    const auto parts = whole->split(3);
    REQUIRE(parts.size() == 3);
    CHECK(context.held() > series_count * 20);
    CHECK(context.held() < series_count * 200);  // once, not for each part
  }
  CHECK(context.held() == 0);
  query::QueryLimits limits;
  limits.max_memory_bytes = series_count * 20;
  query::QueryContext tight({}, limits);
  const auto refused = cursor(tight);
  CHECK(refused->split(3).empty());
  const auto next = refused->next();
  REQUIRE(next.has_error());
  CHECK(next.error().code == ErrorCode::limit_exceeded);
}

TEST_CASE_METHOD(SplitFixture, "listed series are charged, and end with their query") {
  write(0, series_count, 1, start_ms);
  flush();
  query::QueryLimits limits;
  limits.max_memory_bytes = series_count * 20;
  query::QueryContext tight({}, limits);
  const query::SampleSelect all{tenant, {}, start_ms, start_ms + 60'000};
  CHECK(store().samples().series(all, tight).error().code == ErrorCode::limit_exceeded);
  std::stop_source client;
  client.request_stop();
  query::QueryContext gone(client.get_token());
  CHECK(store().samples().series(all, gone).error().code == ErrorCode::cancelled);
}
