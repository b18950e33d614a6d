// Values for tests of slot columns, and the round trip they are put through.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/columns/slot_column.h"

namespace sluice::storage {

inline std::vector<Timestamp> times_of(std::size_t rows, std::int64_t first_ns,
                                       std::int64_t step_ns) {
  std::vector<Timestamp> times;
  for (std::size_t i = 0; i < rows; ++i)
    times.push_back(from_unix_ns(wrapping_add(first_ns, static_cast<std::int64_t>(i) * step_ns)));
  return times;
}

struct EncodedColumn {
  ColumnInfo info;
  std::string bytes;
};

inline EncodedColumn encode(const std::vector<std::string>& values,
                            const std::vector<Timestamp>& times) {
  const std::vector<std::string_view> views(values.begin(), values.end());
  EncodedColumn column;
  column.info = encode_column(views, times, column.bytes);
  return column;
}

// Encodes, stores the info, decodes and compares every byte. Gives what was decoded.
inline SlotColumn round_trip(const std::vector<std::string>& values,
                             const std::vector<Timestamp>& times) {
  const EncodedColumn encoded = encode(values, times);
  std::string stored;
  put_column_info(stored, encoded.info);
  ByteReader in(stored);
  const auto info = read_column_info(in);
  REQUIRE(info.has_value());
  REQUIRE(in.finished());
  REQUIRE(*info == encoded.info);
  auto column = decode_column(*info, values.size(), times, encoded.bytes);
  REQUIRE(column.has_value());
  REQUIRE(column->size() == values.size());
  std::string out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    out.clear();
    column->append(i, out);
    if (out != values[i] || column->length(i) != out.size()) {
      INFO("row " << i);
      REQUIRE(out == values[i]);
      REQUIRE(column->length(i) == out.size());
    }
  }
  return std::move(*column);
}

inline SlotColumn round_trip(const std::vector<std::string>& values) {
  return round_trip(values, times_of(values.size(), 1'767'323'045'678'000'000, 1'000'000));
}

}  // namespace sluice::storage
