// Postings: what a builder was given comes back, whatever the sections and blocks; damage is
// refused.
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>

#include "daemon/storage/samples/label_key.h"
#include "daemon/storage/samples/packed_body.h"
#include "daemon/storage/samples/postings_builder.h"
#include "tests/daemon/storage/samples/random_samples.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

using Groups = std::vector<std::vector<LabelSet>>;
// By name and value, the empty one where a series lacks the name.
using Postings = std::map<std::pair<std::string, std::string>, std::set<std::uint32_t>>;

std::string random_value(Random& random) {
  std::string value = "v" + std::to_string(random() % 40);
  if (random() % 10 == 0) value += std::string(random() % 3, static_cast<char>(random() % 3));
  return value;
}

Groups random_groups(Random& random) {
  Groups groups(random() % 60 + 1);
  for (auto& group : groups) {
    group.resize(random() % 6 + 1);
    for (LabelSet& labels : group) {
      labels = LabelSet{{"__name__", "m" + std::to_string(random() % 4)}};
      for (const char* name : {"a", "b", "c"})
        if (random() % 3 != 0) labels.set(name, random_value(random));
      if (random() % 20 == 0) labels.set("rare" + std::to_string(random() % 3), "x");
    }
  }
  return groups;
}

struct Built {
  PostingsDirectory directory;
  std::vector<std::string> blocks;
};

Built build(const Groups& groups, PostingsBuilder::Limits limits) {
  Built built;
  PostingsBuilder builder(3, limits);
  const auto put = [&](const std::string& block) { built.blocks.push_back(block); };
  for (const auto& group : groups) {
    for (const LabelSet& labels : group) builder.add(label_key(labels));
    builder.end_group(put);
  }
  built.directory = builder.finish(put);
  return built;
}

// Only the first `covered` groups.
Postings expected_of(const Groups& groups, std::uint32_t covered) {
  Postings postings;
  for (std::uint32_t i = 0; i < covered; ++i)
    for (const LabelSet& labels : groups[i])
      for (const Label& label : labels) postings[{label.name, label.value}].insert(i);
  return postings;
}

std::uint32_t covered_of(const PostingsDirectory& directory) {
  return directory.empty() ? 0 : directory.back().first_group + directory.back().groups;
}

bool some_lack(const std::vector<LabelSet>& group, const std::string& name) {
  return std::any_of(group.begin(), group.end(),
                     [&](const LabelSet& labels) { return labels.get(name).empty(); });
}

// Reads a name of a section, its values ascending.
void read_name(const Built& built, const PostingsSection& section, const PostingsName& name,
               const Groups& groups, Postings& out) {
  std::optional<std::string> before;
  std::set<std::uint32_t> lacking;
  for (std::size_t i = 0; i < name.least.size(); ++i) {
    const auto body = unpack_zstd(built.blocks.at(name.first_block + i));
    REQUIRE(body.has_value());
    PostingsBlockReader reader(*body, section.groups);
    GroupSet found(section.groups);
    for (bool first = true;; first = false) {
      const auto more = reader.next();
      REQUIRE(more.has_value());
      if (!*more) break;
      if (first) CHECK(name.least[i] == reader.value());
      if (before) REQUIRE(*before < reader.value());
      before = reader.value();
      REQUIRE(reader.read_groups(found).has_value());
      REQUIRE(!found.empty());
      found.for_each([&](std::uint32_t group) {
        group += section.first_group;
        if (reader.value().empty())
          lacking.insert(group);
        else
          out[{name.name, std::string(reader.value())}].insert(group);
      });
    }
  }
  for (std::uint32_t i = section.first_group; i < section.first_group + section.groups; ++i)
    REQUIRE(lacking.contains(i) == some_lack(groups[i], name.name));
}

}  // namespace

TEST_CASE("postings tell of every value its groups") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  Random random(seed);
  for (int round = 0; round < 100; ++round) {
    const Groups groups = random_groups(random);
    PostingsBuilder::Limits limits;
    if (round % 2 == 0) limits.section_bytes = 1 + random() % 20'000;
    if (round % 3 == 0) limits.block_bytes = 1 + random() % 100;
    if (round % 8 == 0) limits.directory_bytes = 1'000;
    const Built built = build(groups, limits);
    const auto payload = encode_postings_directory(built.directory, 3);
    const auto back = decode_postings_directory(payload, static_cast<std::uint32_t>(groups.size()));
    REQUIRE(back.has_value());
    REQUIRE(*back == built.directory);
    Postings postings;
    for (const auto& section : *back)
      for (const auto& name : section.names) read_name(built, section, name, groups, postings);
    const std::uint32_t covered = covered_of(*back);
    if (round % 8 != 0) CHECK(covered == groups.size());
    CHECK(postings == expected_of(groups, covered));
    if (covered > 1) CHECK(!decode_postings_directory(payload, covered - 1));
  }
}

TEST_CASE("postings of no series, and of one group") {
  CHECK(build({}, {}).directory.empty());
  const auto none = decode_postings_directory(encode_postings_directory({}, 3), 0);
  REQUIRE(none.has_value());
  CHECK(none->empty());
  const Built built = build({{LabelSet{{"a", "1"}}, LabelSet{{"a", "2"}, {"b", "1"}}}}, {});
  REQUIRE(built.directory.size() == 1);
  CHECK(built.directory[0].find("a") != nullptr);
  CHECK(built.directory[0].find("c") == nullptr);
  CHECK(built.directory[0].find("b")->least[0].empty());  // a series lacks it
}

TEST_CASE("damaged postings are refused") {
  GroupSet groups(20);
  for (const std::uint32_t group : {0U, 3U, 19U}) groups.add(group);
  PostingsBlockWriter writer;
  writer.add("a", groups);
  writer.add("ab", groups);
  const auto body = unpack_zstd(writer.finish(3));
  REQUIRE(body.has_value());
  const auto reads = [](std::string_view bytes, std::uint32_t size) {
    PostingsBlockReader reader(bytes, size);
    GroupSet found(size);
    for (;;) {
      const auto more = reader.next();
      if (!more) return false;
      if (!*more) return true;
      if (!reader.read_groups(found)) return false;
    }
  };
  CHECK(reads(*body, 20));
  CHECK(!reads(*body, 19));
  for (std::size_t size = 0; size < body->size(); ++size) CHECK(!reads(body->substr(0, size), 20));
  CHECK(!reads(*body + "x", 20));
}
