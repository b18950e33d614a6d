#include "daemon/storage/columns/text_codes.h"

#include <catch2/catch_test_macros.hpp>
#include <random>
#include <set>
#include <string>

using namespace sluice;
using namespace sluice::storage;

namespace {

std::shared_ptr<const SlotColumn> text_column(const std::vector<std::string>& texts) {
  const std::vector<std::string_view> values(texts.begin(), texts.end());
  const std::vector<Timestamp> times(values.size());
  std::string encoded;
  const ColumnInfo info = encode_column(values, times, encoded);
  REQUIRE(info.shape == ColumnShape::text);
  auto column = decode_column(info, values.size(), times, encoded);
  REQUIRE(column.has_value());
  return std::make_shared<const SlotColumn>(std::move(*column));
}

}  // namespace

TEST_CASE("codes of a text column stand for its values, each value once") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (const std::size_t rows : {std::size_t{3}, std::size_t{1000}, SlotColumn::max_rows}) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < rows; ++i)
      texts.push_back(std::string(random() % 3, 'x') + "~" + std::to_string(random() % rows) + "!");
    texts[0] = "";
    const auto column = text_column(texts);
    const TextCodes codes(column);
    const auto values = codes.values();
    for (std::size_t row = 0; row < rows; ++row)
      if (values[codes.code(row)] != texts[row]) FAIL("row " << row);
    CHECK(std::set<std::string_view>(values.begin(), values.end()).size() == values.size());
    CHECK(codes.hashes().size() == values.size());
  }
}
