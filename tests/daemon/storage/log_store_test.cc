// Pushes and queries of logs: visible at once, kept over seals and reopening, narrowed by time,
// labels and filters.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <filesystem>
#include <random>
#include <thread>

#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;
using query::Direction;
using query::MatchOp;

namespace {

class Logs : public StoreFixture {
 public:
  Logs() { open(); }
};

using Strings = std::vector<std::string>;

query::LineFilter line_filter(query::LineOp op, std::vector<std::string> values) {
  auto filter = query::LineFilter::make(op, std::move(values));
  REQUIRE(filter.has_value());
  return *filter;
}

}  // namespace

TEST_CASE_METHOD(Logs, "a pushed line is visible when push returns, and after reopening") {
  push({stream({{"app", "web"}}, {entry(noon, "hello", {{"trace_id", "abc"}})})});
  const std::vector<Found> expected = {
      {{{"app", "web"}}, entry(noon, "hello", {{"trace_id", "abc"}})}};
  CHECK(query_all() == expected);
  reopen();
  CHECK(query_all() == expected);
  flush();
  CHECK(query_all() == expected);
  reopen();
  CHECK(query_all() == expected);
}

TEST_CASE_METHOD(Logs, "identical entries are all kept") {
  for (int i = 0; i < 3; ++i)
    push({stream({{"app", "web"}}, {entry(noon, "same"), entry(noon, "same")})});
  CHECK(lines() == Strings(6, "same"));
  flush();
  CHECK(lines() == Strings(6, "same"));
}

TEST_CASE_METHOD(Logs, "lines hold any bytes") {
  const std::string odd("\0\xFF\xC3\x28\n\r\t\"", 8);
  push({stream({{"app", "web"}}, {entry(noon, odd), entry(noon, "")})});
  flush();
  CHECK(lines() == Strings({"", odd}));
}

TEST_CASE_METHOD(Logs, "late, out of order and ancient entries are found at their time") {
  push({stream({{"a", "1"}}, {entry(noon, "c"), entry(noon - 5 * second, "b")})});
  push({stream({{"a", "1"}}, {entry(-3 * second, "before 1970"), entry(noon - 9 * second, "a")})});
  const auto check = [&] {
    query::LogSelect select;
    select.range = {from_unix_ns(noon - 10 * second), from_unix_ns(noon)};
    auto found = query(select);
    std::sort(found.begin(), found.end(),
              [](auto& x, auto& y) { return x.entry.timestamp < y.entry.timestamp; });
    REQUIRE(found.size() == 2);
    CHECK(found[0].entry.line == "a");
    CHECK(found[1].entry.line == "b");
    CHECK(lines() == Strings({"a", "b", "before 1970", "c"}));
  };
  check();
  flush();
  check();
}

TEST_CASE_METHOD(Logs, "the range takes its start and leaves its end") {
  push({stream({{"a", "1"}}, {entry(noon, "0"), entry(noon + 1, "1"), entry(noon + 2, "2")})});
  flush();
  query::LogSelect select;
  select.range = {from_unix_ns(noon), from_unix_ns(noon + 2)};
  const auto found = query(select);
  REQUIRE(found.size() == 2);
  CHECK(found[0].entry.line == "0");
  CHECK(found[1].entry.line == "1");
}

TEST_CASE_METHOD(Logs, "matchers and line filters are applied by the store") {
  push({stream({{"app", "web"}}, {entry(noon, "GET /a"), entry(noon, "POST /b")}),
        stream({{"app", "db"}}, {entry(noon, "GET row")})});
  const auto check = [&] {
    query::LogSelect select;
    select.matchers = matchers({{"app", MatchOp::equal, "web"}});
    CHECK(query(select).size() == 2);
    select.filters = {line_filter(query::LineOp::contains, {"GET"})};
    REQUIRE(query(select).size() == 1);
    CHECK(query(select)[0].entry.line == "GET /a");
    select.matchers = matchers({{"app", MatchOp::regex, "web|db"}});
    CHECK(query(select).size() == 2);
    select.filters.push_back(line_filter(query::LineOp::not_regex, {"ro+w"}));
    CHECK(query(select).size() == 1);
    select.matchers = matchers({{"missing", MatchOp::not_equal, ""}});
    CHECK(query(select).empty());
  };
  check();
  flush();
  check();
}

TEST_CASE_METHOD(Logs, "streams are those with entries in the range") {
  push({stream({{"app", "old"}}, {entry(noon - 100 * second, "x")}),
        stream({{"app", "new"}}, {entry(noon, "y")})});
  const auto streams = [&](TimeRange range) {
    auto result = store().logs().streams(tenant, {}, range);
    REQUIRE(result.has_value());
    return *result;
  };
  const TimeRange last_minute{from_unix_ns(noon - 60 * second), from_unix_ns(noon + 1)};
  CHECK(streams({}).size() == 2);
  CHECK(streams(last_minute) == std::vector<LabelSet>{{{"app", "new"}}});
  flush();
  CHECK(streams({}).size() == 2);
  CHECK(streams(last_minute) == std::vector<LabelSet>{{{"app", "new"}}});
}

TEST_CASE_METHOD(Logs, "batches come newest first for backward, oldest first for forward") {
  for (int i = 0; i < 5; ++i) {
    push({stream({{"a", "1"}}, {entry(noon + i * second, std::to_string(i))})});
    if (i == 2) flush();
  }
  const auto in_order = [&](Direction direction) {
    query::LogSelect select;
    select.direction = direction;
    Strings got;
    for (const auto& found : query(select)) got.push_back(found.entry.line);
    return got;
  };
  CHECK(in_order(Direction::forward) == Strings({"0", "1", "2", "3", "4"}));
  // The part holds 0, 1, 2 as one run, which is ascending in itself.
  CHECK(in_order(Direction::backward) == Strings({"4", "3", "0", "1", "2"}));
}

TEST_CASE_METHOD(Logs, "a narrowed cursor skips what no longer interests") {
  for (int i = 0; i < 5; ++i)
    push({stream({{"a", "1"}}, {entry(noon + i * second, std::to_string(i))})});
  query::QueryContext context;
  query::LogSelect select;
  select.tenant = tenant;
  auto cursor = store().logs().select(select, context);
  REQUIRE(cursor.has_value());
  REQUIRE((*(*cursor)->next())->lines[0] == "4");
  (*cursor)->narrow({from_unix_ns(noon + 3 * second), Timestamp::max()});
  REQUIRE((*(*cursor)->next())->lines[0] == "3");
  CHECK(*(*cursor)->next() == nullptr);
  CHECK(context.stats().batches_skipped == 3);
}

TEST_CASE_METHOD(Logs, "tenants do not see each other") {
  push({stream({{"a", "1"}}, {entry(noon, "mine")})});
  tenant = TenantId("other");
  push({stream({{"a", "1"}}, {entry(noon, "theirs")})});
  CHECK(lines() == Strings({"theirs"}));
  flush();
  CHECK(lines() == Strings({"theirs"}));
  tenant = default_tenant();
  CHECK(lines() == Strings({"mine"}));
  tenant = TenantId("nobody");
  CHECK(lines().empty());
}

TEST_CASE_METHOD(Logs, "a cursor keeps its view while its entries are sealed and merged") {
  for (int i = 0; i < 20; ++i) {
    push({stream({{"a", std::to_string(i % 3)}}, {entry(noon + i, std::to_string(i))})});
    if (i % 2 == 0) flush();
  }
  query::QueryContext context;
  query::LogSelect select;
  select.tenant = tenant;
  auto cursor = store().logs().select(select, context);
  REQUIRE(cursor.has_value());
  push({stream({{"a", "0"}}, {entry(noon, "later")})});
  flush();
  REQUIRE(store().merge_now().has_value());
  flush();
  std::size_t seen = 0;
  while (const auto* batch = *(*cursor)->next()) seen += batch->lines.size();
  CHECK(seen == 20);
  CHECK(lines().size() == 21);
  CHECK(context.warnings().empty());
}

TEST_CASE_METHOD(Logs, "merging leaves few parts and every entry, in order") {
  for (int i = 0; i < 40; ++i) {
    push({stream({{"a", std::to_string(i % 4)}},
                 {entry(noon - i, "old " + std::to_string(i), {{"n", std::to_string(i % 2)}}),
                  entry(noon, "same time " + std::to_string(i))})});
    flush();
  }
  const auto before = lines();
  REQUIRE(before.size() == 80);
  store().tick();
  CHECK(metric(metrics, "sluice_storage_parts") == 40);
  REQUIRE(store().merge_now().has_value());
  store().tick();
  CHECK(metric(metrics, "sluice_storage_parts") < 8);
  CHECK(lines() == before);
  reopen();
  CHECK(lines() == before);
  query::LogSelect select;
  select.matchers = matchers({{"a", MatchOp::equal, "1"}});
  select.range = {from_unix_ns(noon), from_unix_ns(noon + 1)};
  Strings same_time;
  for (const auto& found : query(select)) same_time.push_back(found.entry.line);
  REQUIRE(same_time.size() == 10);
  CHECK(same_time.front() == "same time 1");  // arrival order
  CHECK(same_time.back() == "same time 37");
}

TEST_CASE_METHOD(Logs, "many parts are merged into several, in equal shares") {
  for (int i = 0; i < 33; ++i) {
    push({stream({{"a", "1"}}, {entry(noon + i, std::to_string(i))})});
    flush();
  }
  const auto before = lines();
  REQUIRE(before.size() == 33);
  REQUIRE(store().merge_now().has_value());
  store().tick();
  CHECK(metric(metrics, "sluice_storage_parts") == 3);
  CHECK(metric(metrics, "sluice_storage_merges_total") == 3);
  CHECK(lines() == before);
  reopen();
  CHECK(lines() == before);
}

TEST_CASE_METHOD(Logs, "merges wait while more lies in the head than is sealed at once") {
  for (int i = 0; i < 8; ++i) {
    push({stream({{"a", "1"}}, {entry(noon + i, std::to_string(i))})});
    flush();
  }
  close();
  options.seal_bytes = 10'000;
  open();
  push({stream({{"a", "1"}}, {entry(noon, std::string(20'000, 'x'))})});
  REQUIRE(store().merge_now().has_value());
  CHECK(metric(metrics, "sluice_storage_merges_total") == 0);
  store().tick();  // seals
  REQUIRE(store().merge_now().has_value());
  CHECK(metric(metrics, "sluice_storage_merges_total") == 1);
  CHECK(lines().size() == 9);
}

TEST_CASE_METHOD(Logs, "merging frees the space of the parts it replaces") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 16; ++i) {
    std::string noise(200'000, ' ');
    for (char& c : noise) c = static_cast<char>(random());
    push({stream({{"a", "1"}}, {entry(noon + i, noise)})});
    flush();
  }
  const auto table_bytes = [&] {
    std::uintmax_t bytes = 0;
    std::error_code gone;
    for (const auto& file : std::filesystem::directory_iterator(options.path)) {
      const auto size = file.path().extension() == ".sst" ? file.file_size(gone) : 0;
      if (!gone) bytes += size;
    }
    return bytes;
  };
  CHECK(table_bytes() > 3'000'000);
  REQUIRE(store().merge_now().has_value());
  flush();
  CHECK(table_bytes() > 3'000'000);
  // Not twice; RocksDB removes files beside.
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (table_bytes() >= 4'500'000 && std::chrono::steady_clock::now() < patience)
    std::this_thread::yield();
  CHECK(table_bytes() < 4'500'000);
  CHECK(lines().size() == 16);
}

TEST_CASE_METHOD(Logs, "listeners hear of a push once it is visible, until they leave") {
  Strings heard;
  const auto handle = store().listen([&](const TenantId& t, const auto& streams) {
    CHECK(t == tenant);
    for (const auto& s : streams)
      for (const auto& e : s.entries) heard.emplace_back(e.line);
    CHECK(lines().size() == heard.size());
  });
  push({stream({{"a", "1"}}, {entry(noon, "one"), entry(noon, "two")})});
  store().unlisten(handle);
  push({stream({{"a", "1"}}, {entry(noon, "three")})});
  CHECK(heard == Strings({"one", "two"}));
}

TEST_CASE_METHOD(Logs, "a head over its memory refuses pushes until it is sealed") {
  close();
  options.head_bytes_max = 100'000;
  open();
  const std::string line(30'000, 'x');
  push({stream({{"a", "1"}}, {entry(noon, line)})});
  push({stream({{"a", "1"}}, {entry(noon, line)})});
  auto refused = try_push({stream({{"a", "1"}}, {entry(noon, line), entry(noon, line)})});
  REQUIRE(!refused.has_value());
  CHECK(refused.error().code == ErrorCode::limit_exceeded);
  flush();
  push({stream({{"a", "1"}}, {entry(noon, line), entry(noon, line)})});
  CHECK(lines().size() == 4);
}

TEST_CASE_METHOD(Logs, "before a push is decoded the head is asked for room") {
  close();
  options.head_bytes_max = 160'000;
  open();
  CHECK(store().check_room(1'000'000).has_value());  // who knows how much of it is lines
  push({stream({{"a", "1"}}, {entry(noon, std::string(155'000, 'x'))})});
  CHECK(store().check_room(1'000).has_value());
  const auto refused = store().check_room(8'000);
  REQUIRE(!refused.has_value());
  CHECK(refused.error().code == ErrorCode::limit_exceeded);
  CHECK(metric(metrics, "sluice_storage_head_full_total") == 1);
  flush();
  CHECK(store().check_room(8'000).has_value());
}

TEST_CASE_METHOD(Logs, "a head is sealed by tick when it is old, and not before") {
  push({stream({{"a", "1"}}, {entry(noon, "x")})});
  clock.advance(options.seal_age - std::chrono::seconds(1));
  store().tick();
  CHECK(metric(metrics, "sluice_storage_seals_total") == 0);
  clock.advance(std::chrono::seconds(1));
  store().tick();
  CHECK(metric(metrics, "sluice_storage_seals_total") == 1);
  CHECK(metric(metrics, "sluice_storage_head_bytes") == 0);
  CHECK(lines() == Strings({"x"}));
}

TEST_CASE_METHOD(Logs, "freshness tells the newest entry, after reopening too") {
  CHECK(!store().freshness(tenant).newest_log);
  push({stream({{"a", "1"}}, {entry(noon + 7, "x"), entry(noon, "y")})});
  CHECK(store().freshness(tenant).newest_log == from_unix_ns(noon + 7));
  flush();
  reopen();
  CHECK(store().freshness(tenant).newest_log == from_unix_ns(noon + 7));
}
