#include "daemon/storage/columns/byte_set.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "daemon/storage/columns/line_search.h"
#include "tests/daemon/storage/columns/row_group_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

TEST_CASE("texts without a byte have no word with it") {
  ByteSetBuilder builder;
  for (const auto text : {"alpha", "beta", "gamma", "INF\xff"}) builder.add(text);
  const ByteSet bytes = builder.take();
  CHECK(bytes.may_contain("bag", false));  // its bytes are there
  CHECK(bytes.may_contain("", false));
  CHECK(bytes.may_contain("\xff", false));
  CHECK_FALSE(bytes.may_contain("alphas", false));
  CHECK_FALSE(bytes.may_contain("inf", false));
  CHECK(bytes.may_contain("inf", true));
  CHECK_FALSE(bytes.may_contain("info", true));
  CHECK(builder.take() == ByteSet{});
}

TEST_CASE("every value of a row group is made of its column's set") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  const auto group = store_group(RandomRows(seed).rows(2000));
  const auto reader = group.reader();
  std::string value;
  std::size_t known = 0;
  for (const auto& of : reader->header().templates)
    for (std::uint32_t slot = 0; slot < of.slots; ++slot) {
      const auto* bytes = reader->header().bytes_of(of.first_column + slot);
      const auto column = reader->column(of.number, slot);
      REQUIRE(column.has_value());
      const auto shape = (*column)->shape();
      CHECK((bytes != nullptr) == (shape == ColumnShape::dictionary || shape == ColumnShape::text));
      if (bytes == nullptr) continue;
      ++known;
      ByteSetBuilder seen;
      for (std::size_t row = 0; row < (*column)->size(); ++row) {
        value.clear();
        (*column)->append(row, value);
        seen.add(value);
      }
      CHECK(seen.take() == *bytes);
    }
  CHECK(known > 0);
}

TEST_CASE("a row group without byte sets, as parts of version 2 have them, is read and searched") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  const auto rows = RandomRows(seed).rows(2000);
  const auto group = store_group(rows);
  RowGroupHeader header = *group.header();
  header.byte_sets.clear();
  for (auto& column : header.columns) column.bytes = GroupColumn::no_bytes;
  const StoredGroup old{{encode_header(header, 1), group.encoded.chunks}, group.templates};
  CHECK(old.header()->byte_sets.empty());
  const auto templates = decode_templates(group.templates).value();
  for (const auto* word : {"slow", "user-1", "mostly", "\xC3\xA4", "zzqq"}) {
    const query::LineFilter filter{query::LineOp::contains, {word}, {}};
    const LineSearch search({filter}, templates);
    const auto of_old = old.reader();
    const auto of_new = group.reader();
    SearchCounts counts;
    const auto found_old = search.run(*of_old, RowSet::all(rows.size()), counts);
    const auto found_new = search.run(*of_new, RowSet::all(rows.size()), counts);
    REQUIRE((found_old.has_value() && found_new.has_value()));
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const bool has = rows[row].line.find(word) != std::string::npos;
      CHECK(found_old->contains(row) == has);
      CHECK(found_new->contains(row) == has);
    }
  }
}
