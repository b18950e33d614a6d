// Ten, a thousand and a hundred thousand active streams: all found again, memory bounded.
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "tests/daemon/push_views.h"
#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage::test;

namespace {

constexpr int streams_per_push = 2'000;

// What the process has in memory.
std::int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::int64_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

LabelSet labels_of(int stream) {
  return {{"app", "app" + std::to_string(stream % 10)},
          {"pod", "pod-" + std::to_string(stream)}};
}

std::string line_of(int stream, int round) {
  return "request " + std::to_string(round) + " of pod " + std::to_string(stream) + " took 7 ms";
}

// Where the head is full a sender comes back later; here no sealer works beside, so it is sealed.
void push_or_seal(StoreFixture& f, const std::vector<StreamEntries>& batch) {
  auto outcome = f.store().push({f.tenant, views_of(batch), {}});
  if (!outcome && outcome.error().code == ErrorCode::limit_exceeded) {
    f.flush();
    outcome = f.store().push({f.tenant, views_of(batch), {}});
  }
  REQUIRE(bool(outcome));
  REQUIRE(outcome->accepted == batch.size());
}

void push_round(StoreFixture& f, int streams, int round) {
  for (int first = 0; first < streams; first += streams_per_push) {
    std::vector<StreamEntries> batch;
    for (int i = first; i < std::min(streams, first + streams_per_push); ++i)
      batch.push_back(stream(labels_of(i), {entry(noon + round * second, line_of(i, round))}));
    push_or_seal(f, batch);
  }
}

std::size_t count(StoreFixture& f, const std::string& app) {
  query::LogSelect select;
  select.matchers = matchers({{"app", query::MatchOp::equal, app.c_str()}});
  return f.query(std::move(select)).size();
}

std::vector<std::string> lines_of(StoreFixture& f, int stream) {
  query::LogSelect select;
  select.matchers = matchers(
      {{"pod", query::MatchOp::equal, ("pod-" + std::to_string(stream)).c_str()}});
  std::map<Timestamp, std::string> lines;
  for (const auto& found : f.query(std::move(select))) {
    CHECK(found.labels == labels_of(stream));
    lines[found.entry.timestamp] = found.entry.line;
  }
  std::vector<std::string> in_order;
  for (auto& [time, line] : lines) in_order.push_back(std::move(line));
  return in_order;
}

void check_all(StoreFixture& f, int streams, int rounds) {
  CHECK(count(f, "app3") == static_cast<std::size_t>(streams / 10 * rounds));
  for (const int s : {0, streams / 2, streams - 1}) {
    const auto lines = lines_of(f, s);
    REQUIRE(lines.size() == static_cast<std::size_t>(rounds));
    for (int round = 0; round < rounds; ++round) CHECK(lines[round] == line_of(s, round));
  }
}

void keeps(int streams) {
  CAPTURE(streams);
  StoreFixture f;
  f.open();
  const std::int64_t before = resident_bytes();
  const int rounds = streams < 100'000 ? 20 : 2;
  for (int round = 0; round < rounds / 2; ++round) push_round(f, streams, round);
  f.flush();
  for (int round = rounds / 2; round < rounds; ++round) push_round(f, streams, round);
  // The head is bounded by head_bytes_max; what a stream costs beyond it is seen here.
  const std::int64_t grown = resident_bytes() - before;
  INFO("memory grew by " << grown / 1'000'000 << " MB");
  CHECK(grown < 300'000'000);
  check_all(f, streams, rounds);
  f.reopen();
  f.flush();
  CHECK(metric(f.metrics, "sluice_storage_head_bytes") == 0);
  check_all(f, streams, rounds);
}

}  // namespace

TEST_CASE("ten streams are found again") { keeps(10); }
TEST_CASE("a thousand streams are found again") { keeps(1'000); }
TEST_CASE("a hundred thousand streams are found again, in bounded memory") { keeps(100'000); }
