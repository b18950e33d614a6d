// What the encodings of slot columns share: how candidates are weighed, and who fills a SlotColumn.
// Private to the column encodings; others use slot_column.h.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/columns/slot_column.h"

namespace sluice::storage {

using Values = std::span<const std::string_view>;
using Times = std::span<const Timestamp>;

// As stored: docs/format/slot-column.md. Frozen.
enum class ColumnEncoding : std::uint8_t {
  dictionary = 1,
  text = 2,
  integer = 3,
  padded = 4,
  decimal = 5,
  hex_lower = 6,
  hex_upper = 7,
  ipv4 = 8,
  timestamp = 9,
  fixed_hex_lower = 10,
  fixed_hex_upper = 11,
  uuid = 12,
  pattern = 13,
  decimal_trimmed = 14,
  decimal_float = 15,
};

// What a row's timestamp is subtracted in from its number.
enum class TimeReference : std::uint8_t { none = 1, ns = 2, us = 3, ms = 4, s = 5 };

ColumnInfo info_of(ColumnEncoding encoding, std::uint16_t width = 0);
ColumnInfo info_of(ColumnShape shape, NumberForm form, std::uint16_t width);
// What a writer may have written.
bool valid_info(const ColumnInfo& info);
Error corrupt_column(std::string_view what);

// Values that were found few: per distinct value the row where it first stands and how often, and a
// code for each row. Codes are by first appearance.
struct Distinct {
  std::vector<std::uint32_t> first;
  std::vector<std::uint32_t> counts;
  std::vector<std::uint32_t> codes;
};
inline constexpr std::size_t max_distinct = 4096;

// False, as soon as that is sure: more than max_distinct, or than half the values, are distinct.
bool find_distinct(Values values, Distinct& out);
bool find_distinct_numbers(std::span<const std::int64_t> numbers, Distinct& out);
// About how many bytes are left of them after compression.
double distinct_cost(Values values, const Distinct& distinct);
ColumnInfo encode_distinct(Values values, const Distinct& distinct, std::string& out);
ColumnInfo encode_text(Values values, std::string& out);
// encode_column() of values of which these few are known to be distinct.
ColumnInfo encode_few(Values values, Times times, Distinct distinct, std::string& out,
                      std::vector<std::uint32_t>* rows);
// encode_column() without patterns: what the parts of patterns get.
ColumnInfo encode_plain(Values values, Times times, std::string& out);
// nullopt, with nothing written: text is as good.
std::optional<ColumnInfo> encode_pattern(Values values, Times times, std::string& out);
// needs_times() of a pattern: of any of its columns.
bool pattern_needs_times(std::size_t rows, std::string_view encoded);

// Integers, chosen but not yet written.
struct IntegerPlan {
  std::uint8_t transform = 0;
  double bits = 0;  // about, after compression
};
IntegerPlan plan_integers(std::span<const std::int64_t> values);
void write_integers(std::span<const std::int64_t> values, const IntegerPlan& plan,
                    std::string& out);

// Numbers of a form, chosen but not yet written.
struct NumberPlan {
  ColumnInfo info;
  TimeReference reference = TimeReference::none;
  IntegerPlan integers;
  std::vector<std::int64_t> stored;  // what write_integers() is given
  double cost = 0;                   // bytes
};
// `numbers` are the values read in `info`'s form and width.
NumberPlan plan_numbers(const ColumnInfo& info, std::vector<std::int64_t> numbers, Times times);
ColumnInfo encode_numbers(const NumberPlan& plan, std::string& out);

// The typed forms that all of `sample` could have, likeliest first.
std::vector<ColumnInfo> typed_guesses(Values sample);
// False: some value is not of this form. Trimmed decimals settle their width here.
bool read_numbers(Values values, ColumnInfo& info, std::vector<std::int64_t>& numbers);
bool encode_fixed(Values values, const ColumnInfo& info, std::string& out);

// Subtracts from (or adds to) each number what the reference and form show of the row's time.
void subtract_times(const ColumnInfo& info, TimeReference reference, Times times,
                    std::span<std::int64_t> numbers);
void add_times(const ColumnInfo& info, TimeReference reference, Times times,
               std::span<std::int64_t> numbers);
// The reference a timestamp layout's unit calls for.
TimeReference unit_reference(std::uint16_t layout);

// Fills a column. Each encoding's part lies in its file.
class ColumnDecoder {
 public:
  ColumnDecoder(const ColumnInfo& info, std::size_t rows, Times times, std::string_view encoded)
      : in_(encoded), rows_(rows), times_(times) {
    column_.info_ = info;
    column_.size_ = rows;
  }
  Result<SlotColumn> decode() &&;
  // Leaves patterns as they are.
  Result<SlotColumn> decode_parts() &&;

 private:
  Result<void> dictionary();
  Result<void> codes(std::size_t distinct);
  Result<void> text();
  Result<void> pattern();
  void render();
  Result<void> numbers();
  Result<void> fixed();
  void keep_bytes(std::string_view bytes) { column_.bytes_.assign(bytes.begin(), bytes.end()); }

  ByteReader in_;
  std::size_t rows_;
  Times times_;
  SlotColumn column_;
};

}  // namespace sluice::storage
