// What goes wrong with disks: damage is skipped and told, a full disk refuses writes and goes on
// reading, foreign and newer directories do not open.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <fstream>

#include "daemon/storage/codec/bytes.h"
#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;
using Catch::Matchers::ContainsSubstring;

namespace {

using Strings = std::vector<std::string>;

class Damage : public StoreFixture {
 public:
  Damage() { open(); }

  // Flips one bit in the middle of a value of a family, the `index`-th.
  void damage_first(Family family, int index = 0) {
    Database& database = store().database();
    std::string key;
    std::string value;
    {
      Scan scan = database.scan(family, "", "");
      for (int i = 0; i <= index; ++i) REQUIRE(scan.next());
      key = scan.key();
      value = scan.raw_value();
    }
    value[value.size() / 2] = static_cast<char>(value[value.size() / 2] ^ 4);
    Batch step = database.batch();
    step.put_raw(family, key, value);
    REQUIRE(database.write(step, Writer::maintenance).has_value());
  }
  double corrupt_count() { return metric(metrics, "sluice_storage_corrupt_total"); }
};

}  // namespace

TEST_CASE_METHOD(Damage, "a damaged row group is missing from the result, which says so") {
  std::string long_line;
  for (int i = 0; i < 40; ++i) long_line += "damaged" + std::to_string(i * 977) + " ";
  push({stream({{"a", "1"}}, {entry(noon, long_line)})});
  flush();
  push({stream({{"a", "1"}}, {entry(noon, "whole")})});
  flush();
  SECTION("by its chunk") {
    damage_first(Family::rows);
  }
  SECTION("by its header") {
    damage_first(Family::group, 1);
  }
  SECTION("by the template list of its part") {
    damage_first(Family::group, 0);
  }
  reopen();  // nothing of it is cached
  CHECK(lines() == Strings{"whole"});
  REQUIRE(warnings.size() == 1);
  CHECK_THAT(warnings[0], ContainsSubstring("checksum mismatch"));
  CHECK(corrupt_count() == 1);
}

TEST_CASE_METHOD(Damage, "a damaged directory loses its part, not the others") {
  push({stream({{"a", "1"}}, {entry(noon, "damaged")})});
  flush();
  push({stream({{"a", "2"}}, {entry(noon, "whole")})});
  flush();
  damage_first(Family::directory);
  reopen();
  CHECK(lines() == Strings{"whole"});
  CHECK(warnings.size() == 1);
  CHECK(store().logs().streams(tenant, {}, {})->size() == 1);
}

TEST_CASE_METHOD(Damage, "a damaged head batch or summary is skipped at start") {
  push({stream({{"a", "1"}}, {entry(noon, "sealed and damaged")})});
  flush();
  push({stream({{"a", "1"}}, {entry(noon, "pushed and damaged")})});
  push({stream({{"a", "1"}}, {entry(noon, "whole")})});
  damage_first(Family::head);
  damage_first(Family::part);
  reopen();
  CHECK(corrupt_count() == 2);
  CHECK(lines() == Strings{"whole"});
  push({stream({{"a", "1"}}, {entry(noon, "new")})});
  flush();
  reopen();
  CHECK(lines() == Strings({"new", "whole"}));
}

TEST_CASE_METHOD(Damage, "a damaged part is never merged away") {
  for (int i = 0; i < 8; ++i) {
    push({stream({{"a", "1"}}, {entry(noon + i, std::to_string(i))})});
    flush();
  }
  SECTION("in its header") {
    damage_first(Family::group, 1);
  }
  SECTION("in its template list") {
    damage_first(Family::group, 0);
  }
  reopen();
  for (int round = 0; round < 2; ++round) {
    static_cast<void>(store().merge_now());
    CHECK(lines().size() == 7);
    CHECK(warnings.size() == 1);
    reopen();
  }
}

TEST_CASE_METHOD(Damage, "damaged samples, states and documents are told, never a crash") {
  const LabelSet up = {{"__name__", "up"}};
  REQUIRE(store().write(tenant, {{up, {{1000, 1}}}}, {{"up", "gauge", "", ""}}).has_value());
  flush();
  REQUIRE(store().write(tenant, {{up, {{2000, 2}}}}, {}).has_value());
  Step step;
  step.put(Keyspace::gate, "a", "document");
  REQUIRE(store().commit(step).has_value());
  for (const Family family : {Family::sample_state, Family::metadata, Family::document})
    damage_first(family);
  SECTION("by the index") {
    damage_first(Family::sample_rows, 0);
  }
  SECTION("by its timestamps") {
    damage_first(Family::sample_rows, 1);
  }
  SECTION("by its labels") {
    damage_first(Family::sample_rows, 2);
  }
  SECTION("by its values") {
    damage_first(Family::sample_rows, 3);
  }
  CHECK(store().get(Keyspace::gate, "a").error().code == ErrorCode::corrupt);
  CHECK(store().scan(Keyspace::gate, "")->empty());
  const auto found = samples("up", 0, 5000);
  REQUIRE(found.size() == 1);
  CHECK(found[0].samples.size() == 1);
  CHECK(warnings.size() == 1);
  damage_first(Family::sample_head);
  reopen();
  CHECK(samples("up", 0, 5000).empty());
  CHECK(corrupt_count() == 7);
}

TEST_CASE_METHOD(Damage, "a part that cannot be opened is told even if no series is found") {
  REQUIRE(store().write(tenant, {{{{"__name__", "up"}}, {{1000, 1}}}}, {}).has_value());
  flush();
  damage_first(Family::sample_rows, 0);
  reopen();
  CHECK(samples("up", 0, 5000).empty());
  CHECK(warnings.size() == 1);
  CHECK(series_of(tenant, {}, 0, 5000).empty());
  CHECK(warnings.size() == 1);
}

TEST_CASE_METHOD(Damage, "a damaged sample part is never merged away") {
  for (std::int64_t i = 0; i < 3; ++i) {
    REQUIRE(store().write(tenant, {{{{"__name__", "up"}}, {{1000 + i, 1}}}}, {}).has_value());
    flush();
  }
  damage_first(Family::sample_rows, 3);
  reopen();
  for (int round = 0; round < 2; ++round) {
    REQUIRE(store().merge_now().has_value());
    const auto found = samples("up", 0, 5000);
    REQUIRE(found.size() == 1);
    CHECK(found[0].samples.size() == 2);
    CHECK(warnings.size() == 1);
    reopen();
  }
}

TEST_CASE_METHOD(Damage, "below min_free_bytes writes are refused and reads go on") {
  close();
  std::uint64_t free = 5000;
  options.min_free_bytes = 1000;
  hooks.free_bytes = [&](const std::string&) { return free; };
  open();
  push({stream({{"a", "1"}}, {entry(noon, "before")})});
  free = 999;
  auto refused = try_push({stream({{"a", "1"}}, {entry(noon, "during")})});
  REQUIRE(!refused.has_value());
  CHECK(refused.error().code == ErrorCode::no_space);
  Step step;
  step.put(Keyspace::gate, "a", "1");
  CHECK(store().commit(step).error().code == ErrorCode::no_space);
  CHECK(store().write(tenant, {{{{"__name__", "up"}}, {{1, 1}}}}, {}).error().code ==
        ErrorCode::no_space);
  CHECK(lines() == Strings{"before"});
  store().tick();
  CHECK(metric(metrics, "sluice_storage_writable") == 0);
  free = 1000;
  store().tick();
  CHECK(metric(metrics, "sluice_storage_writable") == 1);
  push({stream({{"a", "1"}}, {entry(noon, "after")})});
  reopen();
  CHECK(lines() == Strings({"after", "before"}));
}

TEST_CASE_METHOD(Damage, "a refused identified push does not move its mark") {
  close();
  std::uint64_t free = 0;
  options.min_free_bytes = 1000;
  hooks.free_bytes = [&](const std::string&) { return free; };
  open();
  CHECK(!push_from(std::string(32, 'a'), 0, {"one"}));
  free = 5000;
  const auto again = push_from(std::string(32, 'a'), 0, {"one"});
  REQUIRE(again.has_value());
  CHECK(again->accepted == 1);
}

TEST_CASE_METHOD(Damage, "a directory in use does not open twice, and says why") {
  StoreFixture other;
  other.options.path = options.path;
  const auto second = other.try_open();
  REQUIRE(!second.has_value());
  CHECK_THAT(second.error().message, ContainsSubstring("in use by another process"));
}

TEST_CASE_METHOD(Damage, "a directory of a newer format does not open, and says why") {
  std::string payload;
  put_varint(payload, format_version + 1);
  Batch step = store().database().batch();
  step.put(Family::meta, format_key, ValueType::format, payload);
  REQUIRE(store().database().write(step, Writer::maintenance).has_value());
  close();
  const auto opened = try_open();
  REQUIRE(!opened.has_value());
  CHECK_THAT(opened.error().message, ContainsSubstring("written by a newer Sluice (format 4)"));
}

TEST_CASE_METHOD(Damage, "a directory of the development format does not open, and says why") {
  std::string payload;
  put_varint(payload, 1);
  Batch step = store().database().batch();
  step.put(Family::meta, format_key, ValueType::format, payload);
  REQUIRE(store().database().write(step, Writer::maintenance).has_value());
  close();
  const auto opened = try_open();
  REQUIRE(!opened.has_value());
  CHECK_THAT(opened.error().message, ContainsSubstring("written by a development version"));
}

TEST_CASE_METHOD(Damage, "data without a format key does not open") {
  push({stream({{"a", "1"}}, {entry(noon, "x")})});
  Batch step = store().database().batch();
  step.remove(Family::meta, format_key);
  REQUIRE(store().database().write(step, Writer::maintenance).has_value());
  close();
  const auto opened = try_open();
  REQUIRE(!opened.has_value());
  CHECK_THAT(opened.error().message, ContainsSubstring("no format key"));
}

TEST_CASE_METHOD(Damage, "a path that cannot be a directory says so") {
  StoreFixture other;
  other.options.path = options.path + "/CURRENT/below-a-file";
  const auto opened = other.try_open();
  REQUIRE(!opened.has_value());
  CHECK(opened.error().code == ErrorCode::io);
}
