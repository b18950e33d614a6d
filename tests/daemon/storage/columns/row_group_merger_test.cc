// Row groups made of rows of others: every entry comes back, whatever its lines are, and columns
// keep their types.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "daemon/storage/codec/block_codec.h"
#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/columns/row_group_merger.h"
#include "tests/daemon/storage/columns/row_group_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

std::shared_ptr<MergeGroup> load(const StoredGroup& group) {
  auto loaded = MergeGroup::load(group.reader());
  REQUIRE(loaded.has_value());
  return *loaded;
}

struct Pick {
  std::size_t group;
  std::uint32_t row;
};

StoredGroup merge(const std::vector<StoredGroup>& groups, const std::vector<Pick>& picks) {
  TemplateTable table;
  RowGroupMerger merger(table);
  merger.begin_run();
  std::vector<std::shared_ptr<MergeGroup>> loaded;
  for (const auto& group : groups) loaded.push_back(load(group));
  for (const Pick pick : picks) merger.add(loaded[pick.group], pick.row);
  CHECK(merger.rows() == picks.size());
  StoredGroup merged{merger.finish(3), {}};
  CHECK(merger.rows() == 0);
  merged.templates = encode_templates(table.all());
  return merged;
}

void check_rows(const std::vector<LogEntry>& expected, const StoredGroup& group) {
  const auto got = load(group);
  REQUIRE(got->rows() == expected.size());
  std::size_t wrong = 0;
  std::string line;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    line.clear();
    got->append_line(i, line);
    const LabelSet* metadata = got->metadata(i);
    wrong += line != expected[i].line || got->line_bytes(i) != line.size() ||
             got->timestamp(i) != expected[i].timestamp ||
             (metadata != nullptr ? *metadata : LabelSet()) != expected[i].metadata;
  }
  CHECK(wrong == 0);
}

std::vector<LogEntry> lines_of(const std::vector<std::string>& lines) {
  std::vector<LogEntry> rows;
  std::int64_t ns = 1'768'046'400'000'000'000;
  for (const auto& line : lines) rows.push_back({from_unix_ns(ns += 1'000'000), line, {}});
  return rows;
}

// Both groups one behind the other; the info of the only slot of the template that starts so.
ColumnInfo joined(const std::vector<std::string>& first, const std::vector<std::string>& second) {
  const auto a = lines_of(first);
  const auto b = lines_of(second);
  std::vector<StoredGroup> groups;
  groups.push_back(store_group(a));
  groups.push_back(store_group(b));
  std::vector<Pick> picks;
  for (std::uint32_t i = 0; i < a.size(); ++i) picks.push_back({0, i});
  for (std::uint32_t i = 0; i < b.size(); ++i) picks.push_back({1, i});
  const auto merged = merge(groups, picks);
  auto all = a;
  all.insert(all.end(), b.begin(), b.end());
  check_rows(all, merged);
  const auto reader = merged.reader();
  REQUIRE(reader->templates().size() == 1);
  REQUIRE(reader->templates()[0] != plain_template);
  return reader->column_info(reader->templates()[0], 0);
}

template <typename Make>
std::vector<std::string> forty(Make make) {
  std::vector<std::string> lines;
  for (int i = 0; i < 40; ++i) lines.push_back("took <" + make(i) + "> in all");
  return lines;
}

std::string integer(int i) {
  return std::to_string(i * 7'919 + 3);
}

}  // namespace

TEST_CASE("merged row groups have the entries of theirs") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    RandomRows random(seed);
    std::vector<std::vector<LogEntry>> entries;
    std::vector<StoredGroup> groups;
    for (std::size_t i = 0; i < 1 + seed % 4; ++i) {
      entries.push_back(random.rows(1 + random.below(seed % 3 == 0 ? 40 : 900)));
      groups.push_back(store_group(entries.back()));
    }
    std::vector<Pick> picks;
    for (std::size_t g = 0; g < entries.size(); ++g)
      for (std::uint32_t row = 0; row < entries[g].size(); ++row)
        if (random.below(5) > 0 || picks.empty()) picks.push_back({g, row});  // some are deleted
    const auto timestamp = [&](const Pick& p) { return entries[p.group][p.row].timestamp; };
    std::stable_sort(picks.begin(), picks.end(),
                     [&](const Pick& a, const Pick& b) { return timestamp(a) < timestamp(b); });
    std::vector<LogEntry> expected;
    for (const Pick& pick : picks) expected.push_back(entries[pick.group][pick.row]);
    const auto once = merge(groups, picks);
    check_rows(expected, once);
    // And again, of what was merged.
    std::vector<StoredGroup> again;
    again.push_back(once);
    std::vector<Pick> all;
    for (std::uint32_t row = 0; row < expected.size(); ++row) all.push_back({0, row});
    check_rows(expected, merge(again, all));
  }
}

TEST_CASE("joined columns of one type keep it") {
  CHECK(joined(forty(integer), forty(integer)).form == NumberForm::integer);
  const auto cents = [](int i) { return "0." + std::to_string(1 + i % 9); };
  const auto exact = [](int i) { return std::to_string(i) + "." + std::to_string(101 + 2 * i); };
  const ColumnInfo decimal = joined(forty(cents), forty(exact));
  CHECK(decimal.shape == ColumnShape::number);
  const auto hex = [](int i) { return "00000000000000000000000000c0ffe" + std::to_string(i % 10); };
  const auto long_hex = [](int i) {
    return std::string(i % 2 == 0 ? "ab" : "cd") + "aa00000000000000000000c0ff" +
           std::to_string(1000 + 7 * i);
  };
  CHECK(joined(forty(long_hex), forty(long_hex)).shape != ColumnShape::text);
  CHECK(joined(forty(hex), forty(hex)).shape == ColumnShape::dictionary);
  const auto constant = [](int) { return std::string("17"); };
  CHECK(joined(forty(constant), forty(constant)).distinct == 1);
}

TEST_CASE("a dictionary of numbers joins numbers; what is no number makes text") {
  const auto few = [](int i) { return std::to_string(i % 2); };
  const ColumnInfo mixed = joined(forty(few), forty(integer));
  CHECK(mixed.shape == ColumnShape::number);
  CHECK(mixed.min == 0);
  const auto odd = [](int i) { return i == 20 ? std::string("7h") : integer(i); };
  CHECK(joined(forty(odd), forty(integer)).shape == ColumnShape::text);
  const auto widest = [](int i) {
    return i % 2 == 0 ? "0.1" : "9000000000000000000" + std::to_string(i % 7) + ".25";
  };
  const auto cents = [](int i) { return "0." + std::to_string(100'001 + 2 * i); };
  (void)joined(forty(widest), forty(cents));  // too large with as many digits: whatever it is
}

TEST_CASE("lines too rare for a template get one where they meet") {
  std::vector<std::string> rare;
  for (int i = 0; i < 9; ++i) rare.push_back("seldom seen: code " + std::to_string(100 + i * 3));
  const auto a = lines_of(rare);
  std::vector<StoredGroup> groups;
  groups.push_back(store_group(a));
  groups.push_back(store_group(a));
  REQUIRE(groups[0].reader()->templates()[0] == plain_template);
  std::vector<Pick> picks;
  std::vector<LogEntry> expected;
  for (std::uint32_t i = 0; i < a.size(); ++i)
    for (const std::size_t group : {0, 1}) {
      picks.push_back({group, i});
      expected.push_back(a[i]);
    }
  const auto merged = merge(groups, picks);
  check_rows(expected, merged);
  const auto reader = merged.reader();
  REQUIRE(reader->templates().size() == 1);
  CHECK(reader->templates()[0] != plain_template);
}

TEST_CASE("columns in the order of templates are read, too") {
  std::vector<std::string> lines;
  for (int i = 0; i < 400; ++i)
    lines.push_back("n " + integer(i) + " \"words " +
                    std::string(1, static_cast<char>('a' + i % 26)) + std::to_string(i * 31) +
                    "x\"");
  const auto rows = lines_of(lines);
  auto group = store_group(rows);
  check_rows(rows, group);
  // Here both orders are the same: numbers first, times in the header. Only the flags tell.
  ByteReader sized(group.encoded.header);
  const std::uint64_t raw_size = sized.varint();
  auto raw = zstd_block(sized.bytes(sized.left()), raw_size);
  REQUIRE(raw.has_value());
  ByteReader in(*raw);
  (void)in.varint();
  (void)in.varint();
  const std::size_t flags = raw->size() - in.left();
  constexpr char by_class = 2;
  constexpr char times_apart = 8;
  REQUIRE(((*raw)[flags] & by_class) != 0);
  REQUIRE(((*raw)[flags] & times_apart) != 0);
  (*raw)[flags] &= ~(by_class | times_apart);
  group.encoded.header.clear();
  put_varint(group.encoded.header, raw->size());
  append_zstd(group.encoded.header, *raw, 1);
  check_rows(rows, group);
}
