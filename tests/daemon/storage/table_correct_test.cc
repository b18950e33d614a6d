// TableCorrect: every bit of a table that RocksDB misses is found.
#include "daemon/storage/table_correct.h"

#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/sst_file_writer.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "daemon/storage/database_options.h"
#include "tests/support/temp_dir.h"

using namespace sluice::storage;
using namespace sluice;

namespace {

class OneTable {
 public:
  explicit OneTable(std::uint64_t seed) : random_(seed) {
    rocksdb::SstFileWriter writer({}, options());
    REQUIRE(writer.Open(path).ok());
    for (int i = 0; i < 100; ++i) {
      std::string value(20 + random_() % 100, '\0');
      for (char& byte : value) byte = static_cast<char>(random_());
      REQUIRE(writer.Put("key" + std::to_string(1000 + i), value).ok());
    }
    REQUIRE(writer.Finish().ok());
    content = read();
  }
  std::string read() const {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }
  void write(const std::string& bytes) const {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }
  // What RocksDB says of it, read whole; empty: nothing.
  std::string complaint() const {
    rocksdb::SstFileReader reader(options());
    auto status = reader.Open(path);
    if (status.ok()) status = reader.VerifyChecksum();
    return status.ok() ? "" : status.ToString();
  }
  void correct(const std::string& complaint) const {
    const auto block = block_of_message(complaint);
    if (block && correct_block(*block)) return;
    static_cast<void>(correct_head(path));
  }

  TempDir directory;
  const std::string path = directory.path() + "/000007.sst";
  std::string content;

 private:
  static rocksdb::Options options() {
    return {rocksdb::DBOptions(), family_options(Family::document, make_block_cache({}))};
  }
  std::mt19937_64 random_;
};

}  // namespace

TEST_CASE("whatever bit of a table flips, RocksDB reads it as if it had not, or it is set right") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  const OneTable table(seed);
  REQUIRE(table.complaint().empty());
  std::mt19937_64 random(seed);
  int corrected = 0;
  // Most of what a table is opened by, which is at its end.
  const std::size_t size = table.content.size() * 8;
  std::vector<std::size_t> bits;
  for (int i = 0; i < 60; ++i) bits.push_back(size - 1 - random() % (53 * 8));
  for (int i = 0; i < 60; ++i) bits.push_back(size - 1 - random() % (1500 * 8));
  for (int i = 0; i < 20; ++i) bits.push_back(random() % size);
  for (const std::size_t bit : bits) {
    CAPTURE(bit, table.content.size());
    std::string flipped = table.content;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    table.write(flipped);
    const std::string complaint = table.complaint();
    if (complaint.empty()) continue;
    CAPTURE(complaint);
    table.correct(complaint);
    CHECK(table.read() == table.content);
    ++corrected;
  }
  CHECK(corrected > 60);
}

TEST_CASE("larger damage, and what is no table, stays as it is") {
  const OneTable table(1);
  std::string damaged = table.content;
  for (std::size_t at = 100; at < 108; ++at) damaged[at] = static_cast<char>(~damaged[at]);
  table.write(damaged);
  table.correct(table.complaint());
  CHECK(table.read() == damaged);
  for (const std::string& bytes : {std::string(), std::string(53, '\0'), std::string(4000, 'x')}) {
    table.write(bytes);
    CHECK_FALSE(correct_head(table.path));
    CHECK_FALSE(correct_block({table.path, 0, bytes.size()}));
    CHECK(table.read() == bytes);
  }
  CHECK_FALSE(correct_head(table.path + ".none"));
  CHECK_FALSE(block_of_message("Corruption: block checksum mismatch in the weather"));
}
