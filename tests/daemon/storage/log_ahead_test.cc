// A log that is damaged before its end while tables of some families are ahead of that place.
#include <rocksdb/db.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <fstream>
#include <random>

#include "daemon/storage/compaction_watch.h"
#include "daemon/storage/copy_store.h"
#include "daemon/storage/database_options.h"
#include "daemon/storage/wal_correct.h"
#include "daemon/storage/wal_scan.h"
#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;
using Catch::Matchers::ContainsSubstring;

namespace {

namespace fs = std::filesystem;
using Families = std::vector<Family>;

class AheadFixture : public StoreFixture {
 public:
  explicit AheadFixture(std::uint64_t seed = 1) : random(seed) {
    options.retention = std::chrono::hours(0);
    open();
  }
  std::mt19937_64 random;
  std::vector<std::string> pushed;
  double samples_written = 0;

  void push_line(std::size_t longest = 400) {
    std::string line = "line " + std::to_string(pushed.size()) + " ";
    for (std::size_t n = random() % longest; n > 0; --n)
      line += static_cast<char>('a' + random() % 26);
    push({stream({{"app", "a"}}, {entry(noon + static_cast<std::int64_t>(pushed.size()), line)})});
    pushed.push_back(line);
  }
  void write_sample() {
    const auto at = noon / 1'000'000 + static_cast<std::int64_t>(++samples_written);
    SeriesSamples series{{{"__name__", "up"}}, {{at, samples_written}}};
    REQUIRE(store().write(tenant, {series}, {}, {}).has_value());
  }
  // Into tables with these families, and with no other.
  void write_out(const Families& families) {
    rocksdb::DB* db = nullptr;
    std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
    const auto cache = make_block_cache(options);
    for (std::size_t i = 0; i < family_names.size(); ++i)
      descriptors.emplace_back(std::string(family_names[i]),
                               family_options(static_cast<Family>(i), cache));
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    auto how = database_options(nullptr, std::make_shared<CompactionWatch>());
    REQUIRE(rocksdb::DB::Open(how, options.path, descriptors, &handles, &db).ok());
    for (const Family family : families)
      REQUIRE(db->Flush({}, handles[static_cast<std::size_t>(family)]).ok());
    for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
    REQUIRE(db->Close().ok());
    delete db;
  }
  // The log that holds what was pushed.
  fs::path log() const {
    fs::path largest;
    for (const auto& path : wals_of(options.path).value())
      if (largest.empty() || fs::file_size(path) > fs::file_size(largest)) largest = path;
    return largest;
  }
  std::vector<WalRecord> records() const { return read_wal(read_wal_file(log()).value()); }
  void change(std::size_t at, const std::string& bytes) const {
    std::fstream file(log(), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(at));
    file << bytes;
    REQUIRE(file.good());
  }
  void flip_bit(std::size_t at) {
    const std::string content = read_wal_file(log()).value();
    change(at, std::string(1, static_cast<char>(content[at] ^ (1 << random() % 8))));
  }
  void expect_all_lines() {
    auto expected = pushed;
    std::sort(expected.begin(), expected.end());
    CHECK(lines() == expected);
  }
  void expect_no_line_twice() {
    const auto found = lines();
    CHECK(std::adjacent_find(found.begin(), found.end()) == found.end());
  }
  std::size_t head_batches() {
    Scan scan = store().database().scan(Family::head, "", "");
    std::size_t batches = 0;
    while (scan.next()) ++batches;
    return batches;
  }
  double corrupt() { return metric(metrics, "sluice_storage_corrupt_total"); }
};

// One of them has something to be written out, so that it is ahead, and one that has is not among
// them, so that the log stays.
Families random_families(std::mt19937_64& random) {
  Families families{Family::meta};
  for (std::size_t i = 1; i < family_names.size(); ++i)
    if (random() % 2 == 0) families.push_back(static_cast<Family>(i));
  std::erase(families, random() % 2 == 0 ? Family::head : Family::sample_head);
  return families;
}

}  // namespace

TEST_CASE("the one bit that flipped in a log is found", "[ahead]") {
  AheadFixture store;
  for (int i = 0; i < 40; ++i) store.push_line(i % 5 == 0 ? 100'000 : 200);
  store.close();
  const std::string good = read_wal_file(store.log()).value();
  CHECK(find_flips(good).empty());
  for (int i = 0; i < 50; ++i) {
    std::string log = good;
    const std::size_t at = store.random() % log.size();
    const auto mask = static_cast<unsigned char>(1 << store.random() % 8);
    log[at] = static_cast<char>(log[at] ^ mask);
    if (read_wal(log).size() == read_wal(good).size() && read_wal(log).back().good) continue;
    CAPTURE(at, int{mask});
    CHECK(find_flips(log) == std::vector<WalFlip>{{at, mask}});
  }
  std::string cut = good.substr(0, good.size() - 3);
  CHECK(find_flips(cut).empty());
}

TEST_CASE("a flipped bit behind which tables are ahead is set right", "[ahead]") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  int corrected = 0;
  for (int round = 0; round < 8; ++round) {
    AheadFixture store(random());
    for (int i = 0; i < 30; ++i) store.push_line(round % 2 == 0 ? 300 : 30'000);
    for (int i = 0; i < 10; ++i) store.write_sample();
    store.clock.advance(std::chrono::minutes(10));
    store.store().tick();  // seals
    for (int i = 0; i < 30; ++i) store.push_line();
    store.close();
    // The pushes go on to the log's end: with their family written out, it is ahead of all bits.
    store.write_out(round == 0 ? Families{Family::meta, Family::head} : random_families(random));
    const auto records = store.records();
    store.flip_bit(records[1].offset + random() % (records.back().offset - records[1].offset));

    const auto checked = check_directory(store.options.path);
    const double before = store.corrupt();
    store.open();
    store.expect_all_lines();
    CHECK(store.samples("up", 0, INT64_MAX).at(0).samples.size() == 10);
    if (store.corrupt() == before) continue;
    ++corrected;
    REQUIRE_FALSE(checked.has_value());
    CHECK_THAT(checked.error().message, ContainsSubstring("the log is damaged in"));
    CHECK(store.corrupt() == before + 1);
    store.push_line();
    store.reopen();
    store.expect_all_lines();
    CHECK(store.corrupt() == before + 1);
    store.close();
    CHECK(check_directory(store.options.path)->sound());
  }
  CHECK(corrected > 0);
}

TEST_CASE("the whole records of a log are written anew as they were", "[ahead]") {
  AheadFixture store;
  for (int i = 0; i < 40; ++i) store.push_line(i % 5 == 0 ? 100'000 : 200);
  store.close();
  const std::string good = read_wal_file(store.log()).value();
  CHECK(whole_records(good) == good);
  for (int i = 0; i < 20; ++i) {
    std::string log = good;
    log.replace(store.random() % (log.size() - 600), 600, std::string(600, '\0'));
    const auto records = read_wal(whole_records(log));
    CHECK(std::all_of(records.begin(), records.end(), [](const auto& r) { return r.good; }));
    const auto before = read_wal(log);
    CHECK(records.size() ==
          static_cast<std::size_t>(
              std::count_if(before.begin(), before.end(), [](const auto& r) { return r.good; })));
  }
}

TEST_CASE("larger damage behind which tables are ahead: what is there stays, once", "[ahead]") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 8; ++round) {
    CAPTURE(round);
    AheadFixture store(random());
    for (int i = 0; i < 60; ++i) store.push_line(3000);
    for (int i = 0; i < 10; ++i) store.write_sample();
    store.close();
    auto families = random_families(random);
    const bool head = std::count(families.begin(), families.end(), Family::head) > 0;
    store.write_out(families);
    const auto records = store.records();
    store.change(records[records.size() / 3].offset + 8, std::string(40, '\0'));

    const double before = store.corrupt();
    store.open();
    store.expect_no_line_twice();
    const std::size_t found = store.lines().size();
    // What was hit is one push, or the step of no push.
    CHECK(found + (head ? 0 : 1) >= store.pushed.size());
    CHECK(store.samples("up", 0, INT64_MAX).at(0).samples.size() == 10);
    CHECK(store.corrupt() == before + 1);
    // From here on it is a store as any other.
    store.push_line();
    for (int again = 0; again < 2; ++again) {
      const double told = store.corrupt();
      store.reopen();
      CHECK(store.lines().size() == found + 1);
      CHECK(store.corrupt() == told);
    }
    store.close();
    CHECK(check_directory(store.options.path)->sound());
  }
}

TEST_CASE("a seal that is only in tables does not double its lines", "[ahead]") {
  AheadFixture store;
  for (int i = 0; i < 200; ++i) store.push_line(1000);
  store.clock.advance(std::chrono::minutes(10));
  store.store().tick();
  const std::size_t sealed = store.pushed.size();
  for (int i = 0; i < 100; ++i) store.push_line(1000);
  store.close();
  store.write_out({Family::part, Family::directory, Family::group, Family::rows});
  const auto records = store.records();
  const auto seal =
      std::max_element(records.begin(), records.end(),
                       [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
  store.change(seal->offset + 100, std::string(600, '\0'));
  store.open();
  store.expect_no_line_twice();
  // The seal's half that took them from the head was lost.
  CHECK(store.head_batches() <= store.pushed.size() - sealed);
  const auto found = store.lines();
  for (std::size_t i = 0; i < sealed; ++i)
    CHECK(std::binary_search(found.begin(), found.end(), store.pushed[i]));
  store.push_line();
  store.flush();
  store.reopen();
  CHECK(store.lines().size() == found.size() + 1);
  store.expect_no_line_twice();
}

TEST_CASE("what was left out is told until a start has settled it, and no backup is made",
          "[ahead]") {
  AheadFixture store;
  for (int i = 0; i < 60; ++i) store.push_line();
  store.close();
  store.write_out({Family::meta});
  store.change(store.records()[20].offset + 8, std::string(40, '\0'));
  const std::string backup = store.options.path + "-backup";
  CHECK(backup_directory(store.options.path, backup).error().code == ErrorCode::corrupt);
  CHECK(left_out_damage(store.options.path));
  store.open();
  CHECK(store.corrupt() == 1);
  CHECK_FALSE(left_out_damage(store.options.path));
  store.close();
  CHECK(backup_directory(store.options.path, backup).has_value());
  store.open();
  CHECK(store.corrupt() == 1);
  store.expect_no_line_twice();
}
