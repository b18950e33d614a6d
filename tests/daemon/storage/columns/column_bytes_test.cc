#include "daemon/storage/columns/column_bytes.h"

#include <catch2/catch_test_macros.hpp>

using namespace sluice;
using namespace sluice::storage;

namespace {

SlotColumn column_of(const std::vector<std::string_view>& values) {
  const std::vector<Timestamp> times(values.size());
  std::string encoded;
  const ColumnInfo info = encode_column(values, times, encoded);
  auto column = decode_column(info, values.size(), times, encoded);
  REQUIRE(column.has_value());
  return std::move(*column);
}

}  // namespace

TEST_CASE("a column without a byte has no word with it") {
  ColumnBytes bytes(2);
  CHECK_FALSE(bytes.known(0));
  CHECK(bytes.may_contain(0, "anything", false));
  bytes.learn(0, column_of({"alpha", "beta", "gamma", "INF\xff"}));
  CHECK(bytes.known(0));
  CHECK(bytes.may_contain(0, "bag", false));  // its bytes are there
  CHECK(bytes.may_contain(0, "", false));
  CHECK(bytes.may_contain(0, "\xff", false));
  CHECK_FALSE(bytes.may_contain(0, "alphas", false));
  CHECK_FALSE(bytes.may_contain(0, "inf", false));
  CHECK(bytes.may_contain(0, "inf", true));
  CHECK_FALSE(bytes.may_contain(0, "info", true));
  CHECK_FALSE(bytes.known(1));
  CHECK(bytes.may_contain(1, "info", false));
}
