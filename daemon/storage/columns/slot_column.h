// SlotColumn: the values of one slot over the rows of one template within a row group, decoded; and
// how they are encoded. Format: docs/format/slot-column.md; one file per encoding,
// encoding_<name>.cc.
//
// Every encoding gives back the exact bytes; encode_column() tries the typed ones and keeps one
// only if it does, for every value.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"
#include "base/types/time.h"
#include "daemon/storage/columns/row_set.h"

namespace sluice::storage {

// What values look like in memory, and so how they are searched.
enum class ColumnShape : std::uint8_t {
  dictionary,  // few distinct values
  text,        // many
  number,      // 64-bit integers and a way to write them: integers, decimals, hex, IPv4, timestamps
  fixed,       // binary values of one width, written as hex or as UUID
  pattern,     // text in the parts it is stored in (pattern_column.h); never said of what is stored
};

class PatternColumn;

// How a number or a fixed value is written.
enum class NumberForm : std::uint8_t {
  integer,          // canonical: no leading zero, no "-0"
  padded,           // `width` digits
  decimal,          // `width` digits after the point; before it canonical ("-0.5" included)
  decimal_trimmed,  // at most `width` digits after it, the last not 0; "12" has no point (Go, JS)
  decimal_float,    // likewise, but at least one digit: "12.0" (Python, Java)
  hex_lower,        // `width` digits (number: at most 16)
  hex_upper,
  ipv4,
  timestamp,  // `width` is the number of a layout (timestamp_layout.h); values are ns
  uuid,       // fixed only: 16 bytes, lower case
};

// What is known of a column without decoding it; lies in the row group's header.
struct ColumnInfo {
  std::uint8_t encoding = 0;  // ColumnEncoding, as stored
  ColumnShape shape = ColumnShape::text;
  NumberForm form = NumberForm::integer;  // for numbers and fixed
  std::uint16_t width = 0;
  std::uint32_t distinct = 0;  // of dictionaries, else 0
  // Of numbers: integers as they are, decimals scaled by 10^width, timestamps ns. Hex digits are
  // the bits of a signed number, so 16 of them may be negative.
  std::int64_t min = 0;
  std::int64_t max = 0;

  friend bool operator==(const ColumnInfo&, const ColumnInfo&) = default;
};

// Moved, never copied: values() point into bytes().
class SlotColumn {
 public:
  // No column has more values; a larger count is damage.
  static constexpr std::size_t max_rows = 1 << 16;

  SlotColumn(const SlotColumn&) = delete;
  SlotColumn& operator=(const SlotColumn&) = delete;
  SlotColumn(SlotColumn&&) = default;
  SlotColumn& operator=(SlotColumn&&) = default;

  // That of its info, but for text kept as patterns.
  ColumnShape shape() const { return parts_ ? ColumnShape::pattern : info_.shape; }
  const ColumnInfo& info() const { return info_; }
  std::size_t size() const { return size_; }
  std::size_t memory_bytes() const;

  void append(std::size_t row, std::string& out) const;  // the value's bytes
  // Writes what append() would add and returns its end. There must be room for max_number_bytes
  // (max_fixed_bytes), but what is behind its end means nothing.
  char* write(std::size_t row, char* out) const;
  std::size_t length(std::size_t row) const;  // how many append() would add
  // Adds the length of value i to lengths[rows[i]], for all of them.
  void add_lengths(std::span<const RowNumber> rows, std::span<std::uint32_t> lengths) const;

  // dictionary: distinct values and, unless there is only one (codes() is empty), a code per row.
  std::span<const std::string_view> values() const { return values_; }
  std::uint32_t code(std::size_t row) const { return codes_.empty() ? 0 : codes_[row]; }
  std::span<const std::uint16_t> codes() const { return codes_; }
  bool constant() const { return shape() == ColumnShape::dictionary && codes_.empty(); }
  // text: value i is bytes [offsets()[i], offsets()[i + 1]) of bytes().
  std::span<const std::uint32_t> offsets() const { return offsets_; }
  std::string_view bytes() const { return {bytes_.data(), bytes_.size()}; }
  std::string_view text(std::size_t row) const {
    return {bytes_.data() + offsets_[row], offsets_[row + 1] - offsets_[row]};
  }
  // number
  std::span<const std::int64_t> numbers() const { return numbers_; }
  // fixed: stride() bytes per row in bytes().
  std::size_t stride() const { return stride_; }
  // pattern; else null
  const PatternColumn* parts() const { return parts_.get(); }

 private:
  friend class ColumnDecoder;  // column_decoder.h: the encodings fill it
  SlotColumn() = default;

  ColumnInfo info_;
  std::size_t size_ = 0;
  std::size_t stride_ = 0;
  std::vector<std::string_view> values_;  // into bytes_
  std::vector<std::uint16_t> codes_;
  std::vector<std::uint32_t> offsets_;
  std::vector<std::int64_t> numbers_;
  std::vector<char> bytes_;
  std::shared_ptr<const PatternColumn> parts_;
};

// quick leaves out what is dear and saves little of what is merged soon: patterns.
enum class Effort : std::uint8_t { quick, thorough };

// Appends the encoded values (at most SlotColumn::max_rows of them, 256 MiB together) to `out` (not
// compressed: the caller's chunk is) and says what they are. `times` are the timestamps of the
// rows, one per value: timestamps in lines are stored as the difference to them. `distinct`, if not
// null, is replaced by a row for each value of a dictionary; only of that.
ColumnInfo encode_column(std::span<const std::string_view> values, std::span<const Timestamp> times,
                         std::string& out, std::vector<std::uint32_t>* distinct = nullptr,
                         Effort effort = Effort::thorough);

// Whether values are relative to the timestamps of their rows.
bool needs_times(const ColumnInfo& info, std::size_t rows, std::string_view encoded);

// Error(corrupt) when `encoded` does not hold exactly `rows` values of this kind. `times` are those
// of encode_column(), or empty for columns that do not need them.
Result<SlotColumn> decode_column(const ColumnInfo& info, std::size_t rows,
                                 std::span<const Timestamp> times, std::string_view encoded);
// The same, but patterns stay patterns: for readers that look at few of the values, or at equal
// ones. Searches want text.
Result<SlotColumn> decode_parts(const ColumnInfo& info, std::size_t rows,
                                std::span<const Timestamp> times, std::string_view encoded);

// Whether it is stored as patterns.
bool is_pattern(const ColumnInfo& info);

void put_column_info(std::string& out, const ColumnInfo& info);
class ByteReader;
Result<ColumnInfo> read_column_info(ByteReader& in);

// Integers for other columns of a row group (template numbers, timestamps, sequences, lengths):
// frame of reference, delta or delta of deltas, whichever is smaller, in byte planes. At most
// SlotColumn::max_rows of them. Any 64-bit values; none take no bytes.
void encode_integers(std::span<const std::int64_t> values, std::string& out);
// The same of the rows' timestamps, ns: mostly noise, which is told from what it is not and not
// worth compressing again.
void encode_timestamps(std::span<const std::int64_t> ns, int zstd_level, std::string& out);
// Reads what either wrote from the front. Error(corrupt).
Result<std::vector<std::int64_t>> decode_integers(ByteReader& in, std::size_t count);
// The same of integers from 0 to 65,535; others are corrupt.
Result<std::vector<std::uint16_t>> decode_small_integers(ByteReader& in, std::size_t count);

}  // namespace sluice::storage
