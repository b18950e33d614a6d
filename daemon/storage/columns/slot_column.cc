#include "daemon/storage/columns/slot_column.h"

#include <algorithm>
#include <array>

#include "base/types/assert.h"
#include "daemon/storage/columns/column_codec.h"
#include "daemon/storage/columns/number_form.h"
#include "daemon/storage/columns/pattern_column.h"

namespace sluice::storage {

bool is_pattern(const ColumnInfo& info) {
  return info.encoding == static_cast<std::uint8_t>(ColumnEncoding::pattern);
}

namespace {

// A few of the first values and some from all over.
std::vector<std::string_view> sample_of(Values values) {
  constexpr std::size_t first = 4;
  constexpr std::size_t spread = 12;
  std::vector<std::string_view> sample;
  sample.reserve(first + 2 * spread);
  for (std::size_t i = 0; i < values.size() && i < first; ++i) sample.push_back(values[i]);
  const std::size_t step = std::max<std::size_t>(1, values.size() / spread);
  for (std::size_t i = first; i < values.size(); i += step) sample.push_back(values[i]);
  return sample;
}

// The first guess that holds for all values, as numbers. Where few values are distinct, only those
// are read.
std::optional<NumberPlan> numbers_of(Values values, const Distinct* few,
                                     std::span<const ColumnInfo> guesses, Times times) {
  std::vector<std::string_view> some;
  if (few != nullptr) {
    some.reserve(few->first.size());
    for (const std::uint32_t row : few->first) some.push_back(values[row]);
  }
  std::vector<std::int64_t> numbers;
  for (ColumnInfo info : guesses) {
    if (info.shape != ColumnShape::number) continue;
    if (!read_numbers(few != nullptr ? some : values, info, numbers)) continue;
    if (few == nullptr) return plan_numbers(info, std::move(numbers), times);
    std::vector<std::int64_t> all(values.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = numbers[few->codes[i]];
    return plan_numbers(info, std::move(all), times);
  }
  return std::nullopt;
}

std::optional<ColumnInfo> fixed_of(Values values, std::span<const ColumnInfo> guesses,
                                   std::string& out) {
  for (const ColumnInfo& info : guesses)
    if (info.shape == ColumnShape::fixed && encode_fixed(values, info, out)) return info;
  return std::nullopt;
}

ColumnInfo encode_best(Values values, Times times, bool patterns, std::string& out,
                       std::vector<std::uint32_t>* distinct_rows) {
  SLUICE_ASSERT(values.size() == times.size() && values.size() <= SlotColumn::max_rows);
  Distinct distinct;
  if (find_distinct(values, distinct))
    return encode_few(values, times, std::move(distinct), out, distinct_rows);
  const auto guesses = typed_guesses(sample_of(values));
  if (const auto numbers = numbers_of(values, nullptr, guesses, times))
    return encode_numbers(*numbers, out);
  if (const auto fixed = fixed_of(values, guesses, out)) return *fixed;
  if (patterns)
    if (const auto pattern = encode_pattern(values, times, out)) return *pattern;
  return encode_text(values, out);
}

}  // namespace

ColumnInfo encode_few(Values values, Times times, Distinct distinct, std::string& out,
                      std::vector<std::uint32_t>* rows) {
  if (distinct.first.size() > 1) {
    const auto guesses = typed_guesses(sample_of(values));
    const auto numbers = numbers_of(values, &distinct, guesses, times);
    if (numbers && distinct_cost(values, distinct) > numbers->cost)
      return encode_numbers(*numbers, out);
  }
  const ColumnInfo info = encode_distinct(values, distinct, out);
  if (rows != nullptr) *rows = std::move(distinct.first);
  return info;
}

ColumnInfo encode_column(Values values, Times times, std::string& out,
                         std::vector<std::uint32_t>* distinct, Effort effort) {
  return encode_best(values, times, effort == Effort::thorough, out, distinct);
}

ColumnInfo encode_plain(Values values, Times times, std::string& out) {
  return encode_best(values, times, false, out, nullptr);
}

bool needs_times(const ColumnInfo& info, std::size_t rows, std::string_view encoded) {
  if (is_pattern(info)) return pattern_needs_times(rows, encoded);
  return info.shape == ColumnShape::number && !encoded.empty() &&
         encoded[0] != static_cast<char>(TimeReference::none);
}

Result<SlotColumn> ColumnDecoder::decode_parts() && {
  if (rows_ > SlotColumn::max_rows || (!times_.empty() && times_.size() != rows_))
    return corrupt_column("row count is out of range");
  if (!valid_info(column_.info_)) return corrupt_column("info is out of range");
  Result<void> done;
  switch (column_.info_.shape) {
    case ColumnShape::dictionary: done = dictionary(); break;
    case ColumnShape::text: done = is_pattern(column_.info_) ? pattern() : text(); break;
    case ColumnShape::number: done = numbers(); break;
    case ColumnShape::fixed: done = fixed(); break;
    case ColumnShape::pattern: done = corrupt_column("info is out of range"); break;
  }
  if (!done) return std::move(done).error();
  if (!in_.finished()) return corrupt_column("bytes are left over");
  return std::move(column_);
}

Result<SlotColumn> ColumnDecoder::decode() && {
  SLUICE_TRY(SlotColumn column, std::move(*this).decode_parts());
  column_ = std::move(column);
  if (column_.parts_) render();
  return std::move(column_);
}

Result<SlotColumn> decode_column(const ColumnInfo& info, std::size_t rows, Times times,
                                 std::string_view encoded) {
  return ColumnDecoder(info, rows, times, encoded).decode();
}

Result<SlotColumn> decode_parts(const ColumnInfo& info, std::size_t rows, Times times,
                                std::string_view encoded) {
  return ColumnDecoder(info, rows, times, encoded).decode_parts();
}

std::size_t SlotColumn::memory_bytes() const {
  return sizeof(SlotColumn) + bytes_.capacity() + 8 * numbers_.capacity() + 2 * codes_.capacity() +
         4 * offsets_.capacity() + sizeof(std::string_view) * values_.capacity() +
         (parts_ ? parts_->memory_bytes() : 0);
}

void SlotColumn::append(std::size_t row, std::string& out) const {
  if (shape() == ColumnShape::dictionary) {
    out.append(values_[code(row)]);
  } else if (shape() == ColumnShape::text) {
    out.append(text(row));
  } else if (shape() == ColumnShape::pattern) {
    parts_->append(row, out);
  } else {
    std::array<char, std::max(max_number_bytes, max_fixed_bytes)> buffer;
    out.append(buffer.data(), write(row, buffer.data()));
  }
}

char* SlotColumn::write(std::size_t row, char* out) const {
  const auto copied = [out](std::string_view value) { return out + value.copy(out, value.size()); };
  switch (shape()) {
    case ColumnShape::dictionary: return copied(values_[code(row)]);
    case ColumnShape::text: return copied(text(row));
    case ColumnShape::number: return render_number(numbers_[row], info_.form, info_.width, out);
    case ColumnShape::fixed:
      return render_fixed(bytes_.data() + row * stride_, info_.form, info_.width, out);
    case ColumnShape::pattern: return parts_->write(row, out);
  }
  return out;
}

std::size_t SlotColumn::length(std::size_t row) const {
  switch (shape()) {
    case ColumnShape::dictionary: return values_[code(row)].size();
    case ColumnShape::text: return text(row).size();
    case ColumnShape::number: return rendered_length(numbers_[row], info_.form, info_.width);
    case ColumnShape::fixed: return info_.width;
    case ColumnShape::pattern: return parts_->length(row);
  }
  return 0;
}

void SlotColumn::add_lengths(std::span<const RowNumber> rows,
                             std::span<std::uint32_t> lengths) const {
  if (constant() || shape() == ColumnShape::fixed) {
    const auto same = static_cast<std::uint32_t>(length(0));
    for (const RowNumber row : rows) lengths[row] += same;
  } else if (shape() == ColumnShape::dictionary) {
    for (std::size_t i = 0; i < rows.size(); ++i)
      lengths[rows[i]] += static_cast<std::uint32_t>(values_[codes_[i]].size());
  } else {
    for (std::size_t i = 0; i < rows.size(); ++i)
      lengths[rows[i]] += static_cast<std::uint32_t>(length(i));
  }
}

}  // namespace sluice::storage
