// Row groups: what is written comes back exactly, whatever the lines are; damage is refused.
#include <catch2/catch_test_macros.hpp>
#include <numeric>
#include <random>

#include "daemon/storage/codec/block_codec.h"
#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/columns/chunk_packer.h"
#include "tests/daemon/storage/columns/row_group_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

std::vector<std::uint32_t> all_rows(std::size_t count) {
  std::vector<std::uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

std::string_view column_bytes(const RowGroupHeader& header, const std::vector<std::string>& raw,
                              const ColumnPlace& place) {
  const std::string& where =
      place.chunk == ColumnPlace::in_header ? header.small : raw.at(place.chunk);
  return std::string_view(where).substr(place.offset, place.size);
}

// The header without the flag that timestamps are a class of their own.
std::string without_times_apart(const RowGroupHeader& header) {
  const std::string encoded = encode_header(header, 1);
  ByteReader sized(encoded);
  const std::uint64_t size = sized.varint();
  std::string raw = zstd_block(sized.bytes(sized.left()), size).value();
  ByteReader in(raw);
  in.varint();
  in.varint();
  raw[raw.size() - in.left()] &= ~8;
  std::string out;
  put_varint(out, raw.size());
  append_zstd(out, raw, 1);
  return out;
}

// As groups were written before timestamps had chunks of their own.
StoredGroup with_times_among_numbers(const StoredGroup& group) {
  RowGroupHeader header = *group.header();
  std::vector<std::string> raw;
  for (std::size_t i = 0; i < header.chunks.size(); ++i)
    raw.push_back(zstd_block(group.encoded.chunks[i], header.chunks[i]).value());
  ChunkPacker packer(1);
  for (const ColumnPlace* place :
       {&header.row_templates, &header.timestamps, &header.sequences, &header.row_shapes})
    packer.add(column_bytes(header, raw, *place), ColumnClass::number);
  for (const GroupColumn& column : header.columns)
    packer.add(column_bytes(header, raw, column.place), class_of(column.info.shape));
  packer.finish();
  header.chunks = packer.raw_sizes;
  header.small = packer.small;
  return {{without_times_apart(header), packer.chunks}, group.templates};
}

void check_metadata(const LogEntry& expected, const LabelSet* got) {
  if (expected.metadata.empty())
    CHECK(got == nullptr);
  else
    CHECK((got && *got == expected.metadata));
}

void check_group(const std::vector<LogEntry>& rows, const StoredGroup& group) {
  const auto reader = group.reader();
  REQUIRE(reader->rows() == rows.size());
  const auto timestamps = reader->timestamps();
  const auto sequences = reader->sequences();
  REQUIRE((timestamps.has_value() && sequences.has_value()));
  std::string arena;
  std::vector<std::string_view> lines;
  REQUIRE(reader->lines(all_rows(rows.size()), arena, lines).has_value());
  std::vector<const LabelSet*> metadata;
  REQUIRE(reader->metadata(all_rows(rows.size()), metadata).has_value());
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    wrong += (*timestamps)[i] != rows[i].timestamp || (*sequences)[i] != i + 1 ||
             lines[i] != rows[i].line ||
             reader->line_length(static_cast<std::uint32_t>(i)).value() != rows[i].line.size();
    check_metadata(rows[i], metadata[i]);
  }
  CHECK(wrong == 0);
}

void check_templates(const StoredGroup& group) {
  const auto reader = group.reader();
  std::vector<char> seen(reader->rows());
  for (const std::uint32_t number : reader->templates()) {
    const auto rows = reader->rows_of(number);
    REQUIRE(rows.has_value());
    CHECK(std::is_sorted(rows->begin(), rows->end()));
    const std::size_t slots = reader->template_list()[number].slots();
    for (std::uint32_t slot = 0; slot < slots; ++slot) {
      const auto column = reader->column(number, slot);
      REQUIRE(column.has_value());
      CHECK((*column)->size() == rows->size());
      CHECK((*column)->info() == reader->column_info(number, slot));
    }
    for (const std::uint32_t row : *rows) ++seen[row];
  }
  CHECK(std::all_of(seen.begin(), seen.end(), [](char times) { return times == 1; }));
  CHECK(reader->rows_of(1 << 20)->empty());
}

}  // namespace

TEST_CASE("row groups of mixed lines come back exactly") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    INFO("seed " << seed);
    RandomRows random(seed);
    const auto rows = random.rows(1 + random.below(seed % 3 == 0 ? 5000 : 300));
    const StoredGroup group = store_group(rows);
    check_group(rows, group);
    check_templates(group);
  }
}

TEST_CASE("a line of a mebibyte, an empty one and nothing but those come back") {
  std::string huge;
  for (int i = 0; huge.size() < (1 << 20); ++i) huge += "word " + std::to_string(i) + ",";
  const std::vector<LogEntry> rows = {{from_unix_ns(1), huge, {}},
                                      {from_unix_ns(2), "", {}},
                                      {from_unix_ns(2), std::string(1 << 20, '\0'), {}}};
  check_group(rows, store_group(rows));
  const std::vector<LogEntry> empty = {{from_unix_ns(-5), "", {}}};
  check_group(empty, store_group(empty));
}

TEST_CASE("JSON arrays with more values than a template may have come back") {
  std::vector<LogEntry> rows;
  for (int row = 0; row < 40; ++row) {
    std::string line = R"({"values":[0)";
    for (int i = 0; i < 600; ++i) line += "," + std::to_string(i * row);
    rows.push_back({from_unix_ns(row), line + "]}", {}});
  }
  const StoredGroup group = store_group(rows);
  check_group(rows, group);
  const auto header = group.header();
  for (const auto& info : header->templates) CHECK(info.slots <= max_line_slots);
}

TEST_CASE("groups whose timestamps lie among the numbers are read, too") {
  const auto rows = RandomRows(31).rows(4'000);
  const StoredGroup group = store_group(rows);
  check_group(rows, with_times_among_numbers(group));
}

TEST_CASE("templates are shared by the row groups of a part; template 0 is plain") {
  TemplateTable table;
  RowGroupWriter writer(table);
  std::vector<std::uint32_t> numbers;
  for (int round = 0; round < 2; ++round) {
    writer.begin_run();
    for (int i = 0; i < 100; ++i)
      writer.add(from_unix_ns(i), 1, "request took " + std::to_string(i) + " ms", nullptr);
    const auto header = decode_header(writer.finish(1).header);
    REQUIRE(header.has_value());
    REQUIRE(header->templates.size() == 1);
    numbers.push_back(header->templates[0].number);
  }
  CHECK(numbers[0] == numbers[1]);
  CHECK(numbers[0] != plain_template);
  CHECK(table.at(plain_template).slots() == 1);
  CHECK(table.at(plain_template).static_bytes() == 0);
}

TEST_CASE("lines of rare templates lie in coarser ones, the rest in the plain one") {
  std::vector<LogEntry> rows;
  for (std::size_t i = 0; i < 30; ++i) {
    const std::string word =
        std::string(1, static_cast<char>('a' + i % 26)) + std::string(i / 26, 'z');
    rows.push_back({from_unix_ns(static_cast<std::int64_t>(i)), "alpha" + word + " ends", {}});
  }
  rows.push_back({from_unix_ns(99), "no other (line) is [like] this", {}});
  const StoredGroup group = store_group(rows);
  check_group(rows, group);
  const auto header = group.header();
  REQUIRE(header->templates.size() == 2);
  CHECK(header->templates[0].number == plain_template);
  CHECK(header->templates[0].rows == 1);
}

TEST_CASE("minutes are open on the left") {
  CHECK(minute_of(from_unix_ns(0)) == -1);
  CHECK(minute_of(from_unix_ns(1)) == 0);
  CHECK(minute_of(from_unix_ns(ns_per_minute)) == 0);
  CHECK(minute_of(from_unix_ns(ns_per_minute + 1)) == 1);
  CHECK(minute_of(from_unix_ns(-1)) == -1);
  CHECK(minute_of(from_unix_ns(-ns_per_minute)) == -2);
  CHECK(minute_of(Timestamp::min()) == INT64_MIN / ns_per_minute - 1);
}

TEST_CASE("counts per run and minute come with the header") {
  TemplateTable table;
  RowGroupWriter writer(table);
  const auto at = [](std::int64_t seconds) { return from_unix_ns(seconds * 1'000'000'000); };
  writer.begin_run();
  writer.add(at(1), 1, "abc", nullptr);
  writer.add(at(60), 2, "d", nullptr);
  writer.add(at(61), 3, "", nullptr);
  writer.begin_run();
  writer.add(at(-600), 4, "ef", nullptr);
  const auto header = decode_header(writer.finish(1).header);
  REQUIRE(header.has_value());
  std::vector<std::pair<std::uint32_t, MinuteCount>> got;
  header->minutes.for_each(
      [&](std::uint32_t run, const MinuteCount& count) { got.emplace_back(run, count); });
  const std::vector<std::pair<std::uint32_t, MinuteCount>> expected = {
      {0, {0, 2, 4}}, {0, {1, 1, 0}}, {1, {-11, 1, 2}}};
  CHECK(got == expected);
  CHECK(header->minutes.runs() == 2);
  CHECK(!MinuteCounts::decode(header->minutes.encoded(), 5));
  CHECK(!MinuteCounts::decode(header->minutes.encoded() + "x", 4));
}

TEST_CASE("a damaged header or chunk is refused or gives other values, never a crash") {
  RandomRows random(77);
  const auto rows = random.rows(300);
  const StoredGroup whole = store_group(rows);
  for (std::size_t n = 0; n < whole.encoded.header.size(); n += 3)
    CHECK(!decode_header(std::string_view(whole.encoded.header).substr(0, n)));
  for (int round = 0; round < 300; ++round) {
    StoredGroup damaged = whole;
    auto& header = damaged.encoded.header;
    header[random.below(header.size())] ^= static_cast<char>(1 << random.below(8));
    static_cast<void>(decode_header(header).has_value());
    for (auto& chunk : damaged.encoded.chunks) {
      if (random.below(2))
        chunk.resize(random.below(chunk.size()));
      else
        chunk[random.below(chunk.size())] ^= static_cast<char>(1 << random.below(8));
    }
    damaged.encoded.header = whole.encoded.header;
    const auto reader = damaged.reader();
    std::string arena;
    std::vector<std::string_view> lines;
    static_cast<void>(reader->lines(all_rows(rows.size()), arena, lines).has_value());
  }
}

TEST_CASE("a header whose templates are not the part's is refused") {
  const StoredGroup group = store_group(RandomRows(5).rows(100));
  const auto none = std::make_shared<const TemplateList>();
  const auto opened = RowGroupReader::open(group.header(), none, {});
  REQUIRE(!opened.has_value());
  CHECK(opened.error().code == ErrorCode::corrupt);
}

TEST_CASE("rows that do not fit the counts of their kinds give no partition") {
  const std::vector<std::uint16_t> kinds = {0, 1, 1, 0, 2};
  const std::vector<std::uint32_t> counts = {2, 2, 1};
  const auto rows = RowPartition::of(kinds, counts);
  REQUIRE(!rows.empty());
  CHECK(rows.kind(4) == 2);
  CHECK(std::vector<RowNumber>(rows.rows(1).begin(), rows.rows(1).end()) ==
        std::vector<RowNumber>{1, 2});
  CHECK(RowPartition::of(kinds, std::vector<std::uint32_t>{1, 3, 1}).empty());
  CHECK(RowPartition::of(kinds, std::vector<std::uint32_t>{2, 2}).empty());
  CHECK(RowPartition::of({1}, std::vector<std::uint32_t>{1}).empty());
}

TEST_CASE("the places of rows among those of their kind are found in any order") {
  std::mt19937 random(7);
  std::vector<std::uint16_t> kinds(3000);
  std::vector<std::uint32_t> counts(5);
  std::vector<std::uint32_t> expected;
  for (auto& kind : kinds) {
    kind = static_cast<std::uint16_t>(random() % 3 == 0 ? 4 : random() % 4);
    expected.push_back(counts[kind]++);
  }
  const auto rows = RowPartition::of(kinds, counts);
  REQUIRE(!rows.empty());
  std::vector<std::size_t> order;
  for (std::size_t row = 0; row < kinds.size(); ++row) order.push_back(row);
  for (std::size_t row = kinds.size(); row > 0; --row) order.push_back(row - 1);
  for (std::size_t i = 0; i < kinds.size(); ++i) order.push_back(random() % kinds.size());
  OrdinalFinder ordinals(rows);
  std::size_t wrong = 0;
  for (const std::size_t row : order) wrong += ordinals.of(row) == expected[row] ? 0 : 1;
  CHECK(wrong == 0);
}
