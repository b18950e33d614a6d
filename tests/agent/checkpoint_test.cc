#include "agent/tail/checkpoint.h"

#include <catch2/catch_test_macros.hpp>

#include "agent/tail/checkpoint_store.h"
#include "tests/support/temp_dir.h"

namespace sluice::agent {
namespace {

Checkpoint sample() {
  Checkpoint c;
  c.sequence = 7;
  c.agent = AgentId{"web-1-5f3a90c2"};
  SourceRecord r;
  r.id = "0123456789abcdef0123456789abcdef";
  r.path = "/var/log/odd \"name\"\n\xff.log";
  r.name = "/var/log/app.log";
  r.print = {{2049, 131, 1767323045000000000}, {1024, 0x9f86d081884c7d65}, {10, 1}};
  r.acked = 4096;
  r.size = 5120;
  c.sources.push_back(r);
  r.id = "ffffffffffffffffffffffffffffffff";
  r.phase = Phase::lost;
  r.gap = true;
  r.gone_since = 1767323045;
  c.sources.push_back(r);
  return c;
}

CheckpointStore open(const std::string& dir) {
  auto store = CheckpointStore::open(dir);
  REQUIRE(store.has_value());
  return std::move(*store);
}

}  // namespace

TEST_CASE("a checkpoint reads back as it was written", "[checkpoint]") {
  for (const auto& c : {Checkpoint{1, AgentId{"a"}, {}}, sample()}) {
    const auto back = decode_checkpoint(encode_checkpoint(c));
    REQUIRE(back.has_value());
    CHECK(*back == c);
  }
}

TEST_CASE("a checkpoint cut at any byte is refused", "[checkpoint]") {
  const auto text = encode_checkpoint(sample());
  for (std::size_t n = 0; n < text.size(); ++n) {
    const auto cut = decode_checkpoint(std::string_view(text).substr(0, n));
    REQUIRE_FALSE(cut.has_value());
    CHECK(cut.error().code == ErrorCode::corrupt);
  }
}

TEST_CASE("a checkpoint with a flipped byte is refused", "[checkpoint]") {
  const auto text = encode_checkpoint(sample());
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto bad = text;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    CHECK_FALSE(decode_checkpoint(bad).has_value());
  }
}

TEST_CASE("nonsense with a right checksum is refused", "[checkpoint]") {
  auto c = sample();
  c.sources[0].id = "short";
  CHECK_FALSE(decode_checkpoint(encode_checkpoint(c)).has_value());
  c = sample();
  c.sources[0].print.anchor.length = 1025;
  CHECK_FALSE(decode_checkpoint(encode_checkpoint(c)).has_value());
  c = sample();
  c.sources[0].acked = 5;  // an anchor longer than what is before it
  CHECK_FALSE(decode_checkpoint(encode_checkpoint(c)).has_value());
}

TEST_CASE("the newest valid file is loaded and damage is kept aside", "[checkpoint]") {
  const TempDir dir;
  auto store = open(dir / "state");
  CHECK_FALSE(store.load()->found);
  auto c = sample();
  REQUIRE(store.save(c).has_value());
  c.sequence = 8;
  REQUIRE(store.save(c).has_value());
  CHECK(store.load()->checkpoint.sequence == 8);

  const auto good = dir.read("state/checkpoint");
  for (std::size_t n = 0; n < good.size(); n += 7) {
    dir.write("state/checkpoint", std::string_view(good).substr(0, n));
    const auto loaded = store.load();
    REQUIRE(loaded.has_value());
    CHECK(loaded->found);
    CHECK(loaded->checkpoint.sequence == 7);
    CHECK_FALSE(loaded->complaints.empty());
    CHECK(dir.read("state/checkpoint.corrupt").size() == n);
  }
}

TEST_CASE("a crash between the two renames loses nothing", "[checkpoint]") {
  const TempDir dir;
  auto store = open(dir / "state");
  auto c = sample();
  REQUIRE(store.save(c).has_value());
  c.sequence = 9;
  dir.rename("state/checkpoint", "state/checkpoint.prev");
  dir.write("state/checkpoint.tmp", encode_checkpoint(c));
  const auto loaded = store.load();
  REQUIRE(loaded.has_value());
  CHECK(loaded->checkpoint.sequence == 9);
}

TEST_CASE("two agents cannot share a state directory", "[checkpoint]") {
  const TempDir dir;
  const auto first = open(dir / "state");
  const auto second = CheckpointStore::open(dir / "state");
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == ErrorCode::conflict);
  CHECK(second.error().message.find("in use") != std::string::npos);
}

}  // namespace sluice::agent
