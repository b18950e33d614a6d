// PatternColumn: values that are sentences with something in common, in the parts they are stored
// in: of each pattern its fixed pieces and its slots as columns. Smaller than their text and made
// in less time; for readers of few values, of equal ones, or of what is distinct.
//
// Immutable. Format: docs/format/slot-column.md, "Pattern".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/storage/columns/row_set.h"
#include "daemon/storage/columns/slot_column.h"

namespace sluice::storage {

class PatternColumn {
 public:
  struct Pattern {
    std::vector<std::string> pieces;  // one more than columns
    std::size_t rows = 0;
    std::vector<SlotColumn> columns;  // a value per row of the pattern

    void append(std::size_t ordinal, std::string& out) const;
    std::size_t length(std::size_t ordinal) const;
  };

  // numbers[row] < patterns.size(), as often as the pattern has rows.
  PatternColumn(std::vector<Pattern> patterns, std::span<const std::uint32_t> numbers);

  std::size_t size() const { return size_; }
  const std::vector<Pattern>& patterns() const { return patterns_; }
  std::size_t pattern_of(std::size_t row) const { return numbers_.empty() ? 0 : numbers_[row]; }
  // The place of the row among those of its pattern.
  std::size_t ordinal(std::size_t row) const { return numbers_.empty() ? row : ordinals_[row]; }

  char* write(std::size_t row, char* out) const;
  void append(std::size_t row, std::string& out) const {
    patterns_[pattern_of(row)].append(ordinal(row), out);
  }
  std::size_t length(std::size_t row) const {
    return patterns_[pattern_of(row)].length(ordinal(row));
  }
  // Bytes of all values.
  std::size_t text_bytes() const;
  // Whether they are at most so many; mostly known without looking at each.
  bool text_fits(std::size_t bytes) const;
  // All values one behind the other, and where each ends behind a first 0.
  void render(std::vector<char>& bytes, std::vector<std::uint32_t>& offsets) const;
  std::size_t memory_bytes() const;

 private:
  std::size_t size_ = 0;
  std::vector<Pattern> patterns_;
  // Both empty if there is only one pattern.
  std::vector<std::uint8_t> numbers_;
  std::vector<RowNumber> ordinals_;
};

}  // namespace sluice::storage
