// Slot columns: any bytes decode or are corrupt, any values come back byte for byte.
#include "daemon/storage/columns/slot_column.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "daemon/storage/codec/bytes.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;
using namespace sluice::storage;

std::vector<Timestamp> row_times(std::size_t rows, std::int64_t first, std::int64_t step) {
  std::vector<Timestamp> times;
  for (std::size_t i = 0; i < rows; ++i)
    times.push_back(from_unix_ns(wrapping_add(first, step * static_cast<std::int64_t>(i))));
  return times;
}

void check_column(const SlotColumn& column, std::size_t rows) {
  fuzz::require(column.size() == rows, "a column has its rows");
  std::string out;
  for (std::size_t i = 0; i < rows; ++i) {
    out.clear();
    column.append(i, out);
    fuzz::require(out.size() == column.length(i), "length is what append adds");
  }
}

void check_same(const SlotColumn& parts, const SlotColumn& column) {
  std::string of_parts;
  std::string of_text;
  for (std::size_t row = 0; row < column.size(); ++row) {
    parts.append(row, of_parts);
    column.append(row, of_text);
  }
  fuzz::require(of_parts == of_text, "parts have the values of their text");
}

// Hostile bytes: an info, then a payload.
void check_decoder(std::string_view bytes, std::size_t rows) {
  ByteReader in(bytes);
  const auto info = read_column_info(in);
  if (!info) return;
  const auto times = row_times(rows, 1'767'323'045'678'901'234, 1'000'003);
  const std::string_view encoded = in.bytes(in.left());
  const auto column = decode_column(*info, rows, times, encoded);
  if (column) check_column(*column, rows);
  const auto parts = decode_parts(*info, rows, times, encoded);
  fuzz::require(parts.has_value() == column.has_value(), "parts decode if their text does");
  if (parts) check_same(*parts, *column);
}

void check_integers(std::string_view bytes, std::size_t count) {
  ByteReader in(bytes);
  const auto numbers = decode_integers(in, count);
  if (numbers) fuzz::require(numbers->size() == count, "integers are as many as asked for");
}

// Numbers of the bytes as they stand, as a column and as timestamps.
void check_numbers_round_trip(std::string_view bytes) {
  std::vector<std::int64_t> numbers(std::min(bytes.size() / 8, SlotColumn::max_rows));
  if (!numbers.empty()) std::memcpy(numbers.data(), bytes.data(), 8 * numbers.size());
  for (const bool times : {false, true}) {
    std::string encoded;
    if (times)
      encode_timestamps(numbers, 1, encoded);
    else
      encode_integers(numbers, encoded);
    ByteReader in(encoded);
    const auto back = decode_integers(in, numbers.size());
    fuzz::require(back.has_value() && in.finished() && *back == numbers, "numbers come back");
  }
}

// Values cut from the input at newlines, each several times over with its number of copies.
void check_round_trip(fuzz::FuzzInput& input) {
  const std::size_t copies = 1 + input.below(3);
  const std::int64_t first = static_cast<std::int64_t>(input.byte()) << 55;
  const std::string_view text = input.rest();
  fuzz::FuzzInput lines(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  std::vector<std::string_view> values;
  for (std::size_t end = 0; end < text.size() && values.size() < 60'000;) {
    const std::string_view line = lines.line();
    end += line.size() + 1;
    values.insert(values.end(), copies, line);
  }
  const auto times = row_times(values.size(), first, 1'000'000'007);
  std::string encoded;
  const ColumnInfo info = encode_column(values, times, encoded);
  const auto column = decode_column(info, values.size(), times, encoded);
  fuzz::require(column.has_value(), "what was encoded decodes");
  std::string out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    out.clear();
    column->append(i, out);
    fuzz::require(out == values[i], "values come back");
  }
  check_column(*column, values.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::FuzzInput input(data, size);
  const std::size_t kind = input.below(5);
  if (kind == 0) {
    check_round_trip(input);
    return 0;
  }
  const std::size_t few = input.byte();
  const std::size_t rows = few == 255 ? SlotColumn::max_rows : few;
  if (kind == 1)
    check_integers(input.rest(), rows);
  else if (kind == 4)
    check_numbers_round_trip(input.rest());
  else
    check_decoder(input.rest(), rows);
  return 0;
}
