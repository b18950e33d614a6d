// Backup, restore and check, of a store in use and of one at rest.
#include "daemon/storage/copy_store.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <fstream>

#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;
using Catch::Matchers::ContainsSubstring;

namespace {

using Strings = std::vector<std::string>;

bool never() {
  return false;
}

class Copying : public StoreFixture {
 public:
  TempDir other;
  std::string backup_path = other.path() + "/backups/first";

  Copying() {
    open();
    push({stream({{"a", "1"}}, {entry(noon, "sealed"), entry(noon + 1, long_line)})});
    REQUIRE(store().write(tenant, {{{{"__name__", "up"}}, {{1000, 1}}}}, {}).has_value());
    flush();
    push({stream({{"a", "1"}}, {entry(noon, "unsealed")})});
    REQUIRE(store().write(tenant, {{{{"__name__", "up"}}, {{2000, 1}}}}, {}).has_value());
    Step step;
    step.put(Keyspace::gate, "a", "document");
    REQUIRE(store().commit(step).has_value());
  }
  // Does not lie in the header of its row group, but in a chunk.
  static inline const std::string long_line = std::string(100, 't');
  const Strings all = {"sealed", long_line, "unsealed"};

  void flip_a_bit(Family family) {
    Database& database = store().database();
    std::string key;
    std::string value;
    {
      Scan scan = database.scan(family, "", "");
      REQUIRE(scan.next());
      key = scan.key();
      value = scan.raw_value();
    }
    value[value.size() / 2] = static_cast<char>(value[value.size() / 2] ^ 4);
    Batch step = database.batch();
    step.put_raw(family, key, value);
    REQUIRE(database.write(step, Writer::maintenance).has_value());
  }
};

}  // namespace

TEST_CASE_METHOD(Copying, "a check of a running store counts everything and finds nothing") {
  const auto report = store().check(never);
  REQUIRE(report.has_value());
  CHECK(report->sound());
  CHECK(report->problems.empty());
  CHECK(report->parts == 1);
  CHECK(report->rows == 2);
  CHECK(report->head_entries == 1);
  CHECK(report->samples == 2);
  CHECK(report->values >= 8);
  CHECK(store().check([] { return true; }).error().code == ErrorCode::cancelled);
}

TEST_CASE_METHOD(Copying, "a check names what is damaged, in every family") {
  for (const Family family : {Family::head, Family::part, Family::directory, Family::group,
                              Family::rows, Family::document, Family::sample_head,
                              Family::sample_part, Family::sample_rows, Family::sample_state}) {
    const auto before = store().check(never);
    REQUIRE(before.has_value());
    flip_a_bit(family);
    const auto after = store().check(never);
    REQUIRE(after.has_value());
    INFO(family_names[static_cast<std::size_t>(family)]);
    CHECK(after->damaged > before->damaged);
    CHECK(after->problems.size() == after->damaged);
    CHECK_THAT(after->problems.front(), ContainsSubstring("checksum"));
  }
}

TEST_CASE_METHOD(Copying, "a backup holds what was acknowledged, and opens as a store") {
  const auto made = store().backup(backup_path);
  REQUIRE(made.has_value());
  CHECK(made->files > 3);
  CHECK(made->bytes > 0);
  push({stream({{"a", "1"}}, {entry(noon, "after the backup")})});
  CHECK(store().backup(backup_path).error().code == ErrorCode::conflict);
  StoreFixture copy;
  copy.options.path = backup_path;
  copy.open();
  CHECK(copy.lines() == all);
  CHECK(copy.samples("up", 0, 5000).front().samples.size() == 2);
  CHECK(copy.store().get(Keyspace::gate, "a")->value() == "document");
  copy.push({stream({{"a", "1"}}, {entry(noon, "in the copy")})});
  copy.flush();
  CHECK(lines() == Strings({"after the backup", "sealed", long_line, "unsealed"}));
}

TEST_CASE_METHOD(Copying, "a restored backup is whole and does not share files with it") {
  REQUIRE(store().backup(backup_path).has_value());
  const std::string target = other.path() + "/restored";
  const auto restored = restore_directory(backup_path, target);
  REQUIRE(restored.has_value());
  CHECK(restored->sound());
  CHECK(restored->rows == 2);
  CHECK(restore_directory(backup_path, target).error().code == ErrorCode::conflict);
  CHECK(restore_directory(other.path() + "/none", target + "2").error().code ==
        ErrorCode::not_found);
  for (const auto& file : std::filesystem::directory_iterator(target))
    CHECK(std::filesystem::hard_link_count(file.path()) == 1);
  StoreFixture copy;
  copy.options.path = target;
  copy.open();
  CHECK(copy.lines() == all);
}

TEST_CASE_METHOD(Copying, "a store at rest is checked and backed up without a daemon") {
  CHECK(check_directory(options.path).error().code == ErrorCode::conflict);
  close();
  const auto report = check_directory(options.path);
  REQUIRE(report.has_value());
  CHECK(report->sound());
  CHECK(report->head_entries == 1);
  CHECK_THAT(to_text(*report), ContainsSubstring("1 parts with 2 rows"));
  CHECK(backup_directory(options.path, backup_path)->files > 3);
  CHECK(check_directory(backup_path)->rows == 2);
  CHECK(check_directory(other.path()).error().code == ErrorCode::not_found);
  CHECK(backup_directory(other.path(), backup_path + "2").error().code == ErrorCode::not_found);
  open();
  CHECK(lines() == all);
}

TEST_CASE_METHOD(Copying,
                 "files with flipped bits are found by a check, not read as something else") {
  flush();
  close();
  for (const auto& file : std::filesystem::directory_iterator(options.path)) {
    if (file.path().extension() != ".sst") continue;
    std::fstream bytes(file.path(), std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(20);
    const auto old = static_cast<char>(bytes.get());
    bytes.seekp(20);
    bytes.put(static_cast<char>(old ^ 16));
  }
  const auto report = check_directory(options.path);
  if (report) {
    CHECK(!report->sound());
    CHECK(!report->problems.empty());
  } else {
    CHECK(report.error().code == ErrorCode::corrupt);
  }
}
