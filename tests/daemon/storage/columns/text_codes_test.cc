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

TEST_CASE("codes of patterns stand for their values, written out once per pattern") {
  std::mt19937_64 random(5);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 20'000; ++i) {
    const std::string number = std::to_string(random() % 5000);
    texts.push_back(random() % 3 == 0   ? "order-" + number
                    : random() % 2 == 0 ? "u" + number
                                        : number + " of " + std::to_string(random() % 900));
  }
  const std::vector<std::string_view> values(texts.begin(), texts.end());
  const std::vector<Timestamp> times(values.size());
  std::string encoded;
  const ColumnInfo info = encode_column(values, times, encoded);
  REQUIRE(is_pattern(info));
  auto parts = decode_parts(info, values.size(), times, encoded);
  REQUIRE(parts.has_value());
  const TextCodes of_parts(std::make_shared<const SlotColumn>(std::move(*parts)));
  const TextCodes of_text(std::make_shared<const SlotColumn>(
      decode_column(info, values.size(), times, encoded).value()));
  std::size_t wrong = 0;
  for (std::size_t row = 0; row < texts.size(); ++row) {
    wrong += of_parts.values()[of_parts.code(row)] != texts[row] ? 1 : 0;
    wrong += of_text.values()[of_text.code(row)] != texts[row] ? 1 : 0;
    wrong += of_parts.hashes()[of_parts.code(row)] != of_text.hashes()[of_text.code(row)] ? 1 : 0;
  }
  CHECK(wrong == 0);
  CHECK(of_parts.values().size() == of_text.values().size());
}

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
