// RowSet: which rows of a row group (at most 65,536) are meant. A bitmap with the two common cases,
// all and none, known without looking.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace sluice::storage {

// The number of a row within its row group, which has at most 65,536.
using RowNumber = std::uint16_t;

class RowSet {
 public:
  static RowSet none(std::size_t rows) { return RowSet(rows, 0); }
  static RowSet all(std::size_t rows) {
    RowSet set(rows, ~std::uint64_t{0});
    if (rows % 64 != 0) set.words_.back() = (std::uint64_t{1} << (rows % 64)) - 1;
    return set;
  }

  std::size_t rows() const { return rows_; }
  bool contains(std::size_t row) const { return (words_[row / 64] >> (row % 64) & 1) != 0; }
  void insert(std::size_t row) { words_[row / 64] |= std::uint64_t{1} << (row % 64); }
  // [begin, end)
  void insert(std::size_t begin, std::size_t end) {
    for (; begin < end && begin % 64 != 0; ++begin) insert(begin);
    for (; begin + 64 <= end; begin += 64) words_[begin / 64] = ~std::uint64_t{0};
    for (; begin < end; ++begin) insert(begin);
  }
  void erase(std::size_t row) { words_[row / 64] &= ~(std::uint64_t{1} << (row % 64)); }
  // The 64 rows from 64 * `index` on, as bits; none past rows().
  std::uint64_t word(std::size_t index) const { return words_[index]; }
  void unite_word(std::size_t index, std::uint64_t bits) { words_[index] |= bits; }
  std::size_t count() const {
    std::size_t total = 0;
    for (const auto word : words_) total += static_cast<std::size_t>(std::popcount(word));
    return total;
  }
  // Of them in [begin, end).
  std::size_t count(std::size_t begin, std::size_t end) const {
    if (begin >= end) return 0;
    const std::size_t first = begin / 64;
    const std::size_t last = (end - 1) / 64;
    const std::uint64_t from = ~std::uint64_t{0} << (begin % 64);
    const std::uint64_t to = ~std::uint64_t{0} >> (63 - (end - 1) % 64);
    const auto bits = [](std::uint64_t word) {
      return static_cast<std::size_t>(std::popcount(word));
    };
    if (first == last) return bits(words_[first] & from & to);
    std::size_t total = bits(words_[first] & from) + bits(words_[last] & to);
    for (std::size_t w = first + 1; w < last; ++w) total += bits(words_[w]);
    return total;
  }
  bool empty() const {
    for (const auto word : words_)
      if (word != 0) return false;
    return true;
  }
  void intersect(const RowSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
  }
  void unite(const RowSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  }
  void subtract(const RowSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
  }
  // Calls visit(row) for the members in [begin, end), ascending.
  template <typename Visit>
  void for_each(std::size_t begin, std::size_t end, Visit visit) const {
    for (std::size_t w = begin / 64; w * 64 < end; ++w) {
      std::uint64_t word = words_[w];
      if (w == begin / 64) word &= ~std::uint64_t{0} << (begin % 64);
      while (word != 0) {
        const std::size_t row = w * 64 + static_cast<std::size_t>(std::countr_zero(word));
        if (row >= end) return;
        visit(row);
        word &= word - 1;
      }
    }
  }
  template <typename Visit>
  void for_each(Visit visit) const {
    for_each(0, rows_, visit);
  }

  friend bool operator==(const RowSet&, const RowSet&) = default;

 private:
  RowSet(std::size_t rows, std::uint64_t word) : rows_(rows), words_((rows + 63) / 64, word) {}

  std::size_t rows_ = 0;
  std::vector<std::uint64_t> words_;
};

}  // namespace sluice::storage
