// Bits that flipped in the files of a store at rest: in its log and in its tables.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "daemon/storage/codec/crc32c.h"
#include "daemon/storage/copy_store.h"
#include "daemon/storage/wal_piece.h"
#include "daemon/storage/wal_scan.h"
#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;
using Catch::Matchers::ContainsSubstring;

namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

std::string read_file(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

class AtRest : public StoreFixture {
 public:
  explicit AtRest(std::uint64_t seed = 1) : random_(seed) {
    options.retention = std::chrono::hours(0);
    options.cache_bytes = 0;
    open();
  }
  std::size_t below(std::size_t n) { return random_() % n; }

  // One push of one line, random in length.
  void push_line(std::size_t longest) {
    std::string line = "line " + std::to_string(pushed.size()) + " ";
    for (std::size_t n = below(longest); n > 0; --n) line += static_cast<char>('a' + below(26));
    push({stream({{"app", "a"}}, {entry(noon, line)})});
    pushed.push_back(line);
  }
  Strings pushed;

  std::vector<fs::path> files(const std::string& extension) const {
    std::vector<fs::path> found;
    for (const auto& file : fs::directory_iterator(options.path))
      if (file.path().extension() == extension && file.file_size() > 0)
        found.push_back(file.path());
    std::sort(found.begin(), found.end());
    return found;
  }
  std::vector<fs::path> manifests() const {
    std::vector<fs::path> found;
    for (const auto& file : fs::directory_iterator(options.path))
      if (file.path().filename().string().starts_with("MANIFEST-")) found.push_back(file.path());
    return found;
  }
  void flip_bit(const fs::path& path, std::size_t at) {
    change(path, at, std::string(1, static_cast<char>(1 << below(8))));
  }
  // More than can be set right.
  void damage(const fs::path& path, std::size_t at) {
    std::string mask(8, '\0');
    for (char& byte : mask) byte = static_cast<char>(1 + below(255));
    change(path, std::min(at, static_cast<std::size_t>(fs::file_size(path)) - mask.size()), mask);
  }

  // Lines that are there; none twice, none foreign.
  Strings check_lines() {
    Strings found = lines();
    CHECK(std::adjacent_find(found.begin(), found.end()) == found.end());
    const Strings all = all_lines();
    CHECK(std::includes(all.begin(), all.end(), found.begin(), found.end()));
    return found;
  }
  Strings all_lines() const {
    Strings all = pushed;
    std::sort(all.begin(), all.end());
    return all;
  }
  bool has_all_lines() { return lines() == all_lines(); }
  double corrupt() { return metric(metrics, "sluice_storage_corrupt_total"); }

 private:
  void change(const fs::path& path, std::size_t at, const std::string& mask) const {
    std::string bytes = read_file(path).substr(at, mask.size());
    REQUIRE(bytes.size() == mask.size());
    for (std::size_t i = 0; i < mask.size(); ++i) bytes[i] = static_cast<char>(bytes[i] ^ mask[i]);
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(at));
    file << bytes;
    REQUIRE(file.good());
  }

  std::mt19937_64 random_;
};

}  // namespace

TEST_CASE("CRC-32C has the values of RFC 3720") {
  CHECK(crc32c("") == 0);
  CHECK(crc32c("123456789") == 0xE3069283);
  CHECK(crc32c(std::string(32, '\0')) == 0x8A9136AA);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62A8AB43);
}

TEST_CASE("the log is read as RocksDB wrote it") {
  AtRest store;
  for (int i = 0; i < 30; ++i) store.push_line(i % 5 == 0 ? 100'000 : 200);
  store.close();
  const auto logs = store.files(".log");
  REQUIRE(logs.size() == 1);
  const std::string log = read_file(logs[0]);
  const auto records = read_wal(log);
  // The format, and a step per push.
  REQUIRE(records.size() == 31);
  CHECK(std::all_of(records.begin(), records.end(), [](const auto& r) { return r.good; }));
  SECTION("cut anywhere it is good up to there") {
    for (int i = 0; i < 200; ++i) {
      const auto cut = read_wal(std::string_view(log).substr(0, store.below(log.size())));
      REQUIRE(cut.size() <= 31);
      for (std::size_t k = 0; k < cut.size(); ++k) REQUIRE((cut[k].good || k + 1 == cut.size()));
    }
  }
  SECTION("random bytes are no records") {
    std::string noise;
    while (noise.size() < 200'000) noise += static_cast<char>(store.below(256));
    const auto found = read_wal(noise);
    REQUIRE(found.size() == 1);
    CHECK_FALSE(found[0].good);
  }
}

namespace {

// A log as RocksDB writes it: pieces of checksum, length and type in blocks of 32 KiB.
class WalText {
 public:
  void add(const std::string& record) {
    std::string_view rest = record;
    for (bool begins = true; begins || !rest.empty(); begins = false) {
      std::size_t left = block - text.size() % block;
      if (left < 7) text.append(left, '\0');
      left = block - text.size() % block;
      const auto payload = rest.substr(0, left - 7);
      rest.remove_prefix(payload.size());
      const bool ends = rest.empty();
      add_piece(begins ? (ends ? 1 : 2) : (ends ? 4 : 3), payload);
      if (ends) return;
    }
  }
  static constexpr std::size_t block = 32 << 10;
  std::string text;

 private:
  void add_piece(int type, std::string_view payload) {
    const std::string covered = static_cast<char>(type) + std::string(payload);
    const std::uint32_t crc = crc32c(covered);
    append(((crc >> 15) | (crc << 17)) + 0xA282EAD8, 4);
    append(static_cast<std::uint32_t>(payload.size()), 2);
    text += covered;
  }
  void append(std::uint32_t value, int bytes) {
    for (; bytes > 0; --bytes, value >>= 8) text += static_cast<char>(value & 0xFF);
  }
};

std::string batch_of(std::uint8_t sequence, std::size_t size) {
  std::string batch(size, 'x');
  batch.replace(0, 12,
                std::string{static_cast<char>(sequence)} + std::string(7, '\0') + '\1' +
                    std::string(3, '\0'));
  return batch;
}

}  // namespace

TEST_CASE("a record whose first piece is shorter than a batch's head is whole") {
  for (std::size_t fits = 0; fits < 20; ++fits) {
    CAPTURE(fits);
    WalText log;
    log.add(batch_of(1, WalText::block - 7 - 7 - fits));
    log.add(batch_of(2, 100));
    log.add(batch_of(3, 100));
    const auto records = read_wal(log.text);
    REQUIRE(records.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(records[i].good);
      CHECK(records[i].last_sequence == i + 1);
    }
  }
}

TEST_CASE("a log that cannot be read is an error, not an empty log") {
  AtRest store;
  store.push_line(100);
  store.close();
  const auto log = store.files(".log").at(0);
  fs::remove(log);
  fs::create_directory(log);
  CHECK_FALSE(read_wals(store.options.path).has_value());
}

TEST_CASE("a flipped bit in the log is set right") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 6; ++round) {
    AtRest store(random());
    for (int i = 0; i < 30; ++i) store.push_line(round % 2 == 0 ? 300 : 60'000);
    store.close();
    const auto log = store.files(".log").at(0);
    const std::size_t at = store.below(fs::file_size(log));
    INFO("round " << round << ", byte " << at);
    store.flip_bit(log, at);
    store.open();
    CHECK(store.has_all_lines());
    CHECK(store.corrupt() <= 1);  // what fills a block up is not read
    store.reopen();
    CHECK(store.has_all_lines());
    CHECK(store.corrupt() <= 1);
  }
}

TEST_CASE("larger damage in the log: what came before is whole, the loss is told") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  int told = 0;
  for (int round = 0; round < 6; ++round) {
    AtRest store(random());
    const std::size_t pushes = 20 + store.below(20);
    while (store.pushed.size() < pushes) store.push_line(round % 2 == 0 ? 300 : 60'000);
    store.close();
    const auto log = store.files(".log").at(0);
    const auto steps = read_wal(read_file(log));
    // Inside of a step. The first round hits one in the middle; others may hit the first or last.
    const std::size_t hit = round == 0 ? steps.size() / 2 : store.below(steps.size());
    const std::size_t at = steps[hit].offset + wal_header_bytes + 1;
    INFO("round " << round << ", byte " << at);
    store.damage(log, at);
    const std::size_t behind = steps.size() - hit - 1;

    const auto checked = check_directory(store.options.path);
    store.open();
    const auto found = store.check_lines();
    // A prefix of what was pushed, without the step that was hit.
    CHECK(found.size() == pushes - std::min(pushes, behind + 1));
    Strings expected(store.pushed.begin(),
                     store.pushed.begin() + static_cast<std::ptrdiff_t>(found.size()));
    std::sort(expected.begin(), expected.end());
    CHECK(found == expected);
    // Damage in the last step cannot be told from a write that was cut short.
    CHECK(store.corrupt() == (behind > 0 ? 1 : 0));
    // Without its first step, the format, it is no store to be checked.
    if (behind > 0 && at >= steps[1].offset) {
      ++told;
      REQUIRE(checked.has_value());
      REQUIRE_FALSE(checked->sound());
      CHECK_THAT(checked->problems[0], ContainsSubstring(log.filename().string()));
      CHECK_THAT(checked->problems[0], ContainsSubstring(": " + std::to_string(behind) + " steps"));
    }
    // It goes on from there; the loss is told as long as the log is there.
    store.push_line(100);
    for (int again = 0; again < 2; ++again) {
      store.reopen();
      CHECK(store.lines().size() == found.size() + 1);
    }
    store.flush();
    store.reopen();
    CHECK(store.lines().size() == found.size() + 1);
  }
  CHECK(told > 0);
}

TEST_CASE("a sender that keeps a mark sends again what the log lost") {
  AtRest store;
  const std::string source(32, 'a');
  std::uint64_t sent = 0;
  const Strings sent_lines = {"one", "two", "three", "four"};
  std::vector<std::uint64_t> starts;
  for (const auto& line : sent_lines) {
    starts.push_back(sent);
    REQUIRE(store.push_from(source, sent, {line}).has_value());
    sent += line.size() + 1;
  }
  store.close();
  const auto log = store.files(".log").at(0);
  store.damage(log, read_wal(read_file(log)).at(3).offset + 20);  // of "three"
  store.open();
  CHECK(store.lines() == Strings({"one", "two"}));
  const auto refused = store.push_from(source, sent, {"five"});
  REQUIRE(refused.has_error());
  CHECK_THAT(refused.error().message, ContainsSubstring(std::to_string(starts[2])));
  for (std::size_t i = 2; i < sent_lines.size(); ++i)
    REQUIRE(store.push_from(source, starts[i], {sent_lines[i]}).has_value());
  CHECK(store.lines() == Strings({"four", "one", "three", "two"}));
}

namespace {

// Six tables, and more that compactions made of them.
void fill_tables(AtRest& store) {
  for (int part = 0; part < 6; ++part) {
    for (int i = 0; i < 10; ++i) store.push_line(4000);
    store.flush();
  }
  store.close();
}

// Compactions and merges meet what is damaged; pushes go on.
void push_and_compact(AtRest& store) {
  store.push_line(4000);
  store.flush();
  static_cast<void>(store.store().merge_now());
  static_cast<void>(store.store().database().compact(Family::rows, "", ""));
  static_cast<void>(store.store().database().compact(Family::head, "", ""));
  store.store().tick();
  CHECK(metric(store.metrics, "sluice_storage_writable") == 1);
}

}  // namespace

TEST_CASE("a flipped bit in a table or a manifest is set right where it is met") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 10; ++round) {
    AtRest store(random());
    fill_tables(store);
    // Of the first rounds two hit the end, where the index is found by, and two the manifest.
    auto files = store.files(".sst");
    if (round == 2 || round == 3) files = store.manifests();
    REQUIRE_FALSE(files.empty());
    const auto& file = files[store.below(files.size())];
    const std::size_t size = fs::file_size(file);
    const std::size_t at = round < 2 ? size - 53 + store.below(53) : store.below(size);
    INFO("round " << round << ", " << file.filename() << ", byte " << at);
    store.flip_bit(file, at);
    const std::string flipped = read_file(file);
    static_cast<void>(check_directory(store.options.path));
    CHECK(read_file(file) == flipped);  // a check changes nothing
    store.open();
    CHECK(store.has_all_lines());
    for (int i = 0; i < 4; ++i) push_and_compact(store);
    CHECK(store.has_all_lines());
    store.reopen();
    CHECK(store.has_all_lines());
    store.close();
    CHECK(check_directory(store.options.path)->sound());
  }
}

TEST_CASE("larger damage in a table: named by a check, contained, and writes go on") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  int damaged = 0;
  for (int round = 0; round < 6; ++round) {
    AtRest store(random());
    fill_tables(store);
    const auto tables = store.files(".sst");
    REQUIRE_FALSE(tables.empty());
    // The first round hits the lines of the largest table; its index and properties are at its end.
    const auto largest = *std::max_element(tables.begin(), tables.end(), [](auto& a, auto& b) {
      return fs::file_size(a) < fs::file_size(b);
    });
    const auto& table = round == 0 ? largest : tables[store.below(tables.size())];
    const std::size_t at = store.below(fs::file_size(table) / (round == 0 ? 2 : 1));
    INFO("round " << round << ", " << table.filename() << ", byte " << at);
    store.damage(table, at);

    const auto checked = check_directory(store.options.path);
    if (checked && !checked->sound()) {
      ++damaged;
      // By file, or by key where only our own checksum found it.
      CHECK_THAT(checked->problems[0],
                 ContainsSubstring(table.filename().string()) || ContainsSubstring("checksum"));
    }
    if (const auto opened = store.try_open(); !opened) {
      CHECK(opened.error().code == ErrorCode::corrupt);
      CHECK_THAT(opened.error().message, ContainsSubstring(table.filename().string()));
      continue;
    }
    const std::size_t before = store.check_lines().size();
    if (before < store.pushed.size()) CHECK((!store.warnings.empty() || store.corrupt() > 0));
    for (int i = 0; i < 4; ++i) push_and_compact(store);
    CHECK(store.check_lines().size() == before + 4);
    store.reopen();
    store.push_line(100);
    CHECK(store.check_lines().size() == before + 5);
  }
  CHECK(damaged > 0);
}

TEST_CASE("a table that was never finished is no damage") {
  AtRest store;
  fill_tables(store);
  const auto tables = store.files(".sst");
  const std::string whole = read_file(tables.at(0));
  for (const std::size_t size : {std::size_t{0}, std::size_t{60}, whole.size() - 1}) {
    std::ofstream(store.options.path + "/999" + std::to_string(100 + size % 900) + ".sst")
        << whole.substr(0, size);
  }
  store.open();
  CHECK(store.has_all_lines());
  CHECK(store.corrupt() == 0);
}
