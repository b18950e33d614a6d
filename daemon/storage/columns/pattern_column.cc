#include "daemon/storage/columns/pattern_column.h"

#include <algorithm>

#include "daemon/storage/columns/number_form.h"

namespace sluice::storage {

namespace {

// No value is longer.
std::size_t longest(const SlotColumn& column) {
  switch (column.shape()) {
    case ColumnShape::dictionary: {
      std::size_t most = 0;
      for (const std::string_view value : column.values()) most = std::max(most, value.size());
      return most;
    }
    case ColumnShape::number: return max_number_bytes;
    case ColumnShape::fixed: return column.info().width;
    default: return column.bytes().size();
  }
}

char* write_value(const PatternColumn::Pattern& pattern, std::size_t ordinal, char* out) {
  for (std::size_t i = 0; i < pattern.columns.size(); ++i) {
    out += pattern.pieces[i].copy(out, pattern.pieces[i].size());
    out = pattern.columns[i].write(ordinal, out);
  }
  return out + pattern.pieces.back().copy(out, pattern.pieces.back().size());
}

std::size_t piece_bytes(const PatternColumn::Pattern& pattern) {
  std::size_t bytes = 0;
  for (const auto& piece : pattern.pieces) bytes += piece.size();
  return bytes;
}

}  // namespace

PatternColumn::PatternColumn(std::vector<Pattern> patterns, std::span<const std::uint32_t> numbers)
    : size_(numbers.size()), patterns_(std::move(patterns)) {
  if (patterns_.size() == 1) return;
  std::vector<RowNumber> next(patterns_.size());
  numbers_.reserve(size_);
  ordinals_.reserve(size_);
  for (const std::uint32_t number : numbers) {
    numbers_.push_back(static_cast<std::uint8_t>(number));
    ordinals_.push_back(next[number]++);
  }
}

char* PatternColumn::write(std::size_t row, char* out) const {
  return write_value(patterns_[pattern_of(row)], ordinal(row), out);
}

void PatternColumn::Pattern::append(std::size_t ordinal, std::string& out) const {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    out += pieces[i];
    columns[i].append(ordinal, out);
  }
  out += pieces.back();
}

std::size_t PatternColumn::Pattern::length(std::size_t ordinal) const {
  std::size_t bytes = piece_bytes(*this);
  for (const SlotColumn& column : columns) bytes += column.length(ordinal);
  return bytes;
}

std::size_t PatternColumn::text_bytes() const {
  std::size_t bytes = 0;
  for (const Pattern& pattern : patterns_) {
    bytes += pattern.rows * piece_bytes(pattern);
    for (const SlotColumn& column : pattern.columns)
      for (std::size_t i = 0; i < pattern.rows; ++i) bytes += column.length(i);
  }
  return bytes;
}

bool PatternColumn::text_fits(std::size_t bytes) const {
  std::size_t most = 0;
  for (const Pattern& pattern : patterns_) {
    std::size_t of_row = piece_bytes(pattern);
    for (const SlotColumn& column : pattern.columns) of_row += longest(column);
    most += pattern.rows * of_row;
  }
  return most <= bytes || text_bytes() <= bytes;
}

void PatternColumn::render(std::vector<char>& bytes, std::vector<std::uint32_t>& offsets) const {
  const std::size_t total = text_bytes();
  bytes.resize(total + std::max(max_number_bytes, max_fixed_bytes));
  offsets.assign(1, 0);
  offsets.reserve(size_ + 1);
  char* at = bytes.data();
  for (std::size_t row = 0; row < size_; ++row) {
    at = write(row, at);
    offsets.push_back(static_cast<std::uint32_t>(at - bytes.data()));
  }
  bytes.resize(total);
}

std::size_t PatternColumn::memory_bytes() const {
  std::size_t bytes = sizeof(PatternColumn) + numbers_.capacity() + ordinals_.capacity() * 2;
  for (const Pattern& pattern : patterns_) {
    bytes += sizeof(pattern) + pattern.pieces.size() * sizeof(std::string) + piece_bytes(pattern);
    for (const SlotColumn& column : pattern.columns) bytes += column.memory_bytes();
  }
  return bytes;
}

}  // namespace sluice::storage
