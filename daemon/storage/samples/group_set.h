// GroupSet: a set of groups of a section or a part, as bits. Its size is given and stays; sets that
// are combined have the same. Thread-compatible.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace sluice::storage {

class GroupSet {
 public:
  explicit GroupSet(std::uint32_t size, bool full = false)
      : size_(size), words_((std::size_t{size} + 63) / 64, full ? ~std::uint64_t{0} : 0) {
    if (full && size % 64 != 0) words_.back() >>= 64 - size % 64;
  }

  std::uint32_t size() const { return size_; }
  bool contains(std::uint32_t group) const { return (words_[group / 64] >> group % 64 & 1) != 0; }
  void add(std::uint32_t group) { words_[group / 64] |= std::uint64_t{1} << group % 64; }
  void remove(std::uint32_t group) { words_[group / 64] &= ~(std::uint64_t{1} << group % 64); }
  void clear() { std::fill(words_.begin(), words_.end(), 0); }
  bool empty() const {
    return std::all_of(words_.begin(), words_.end(), [](std::uint64_t word) { return word == 0; });
  }
  std::uint32_t count() const {
    int count = 0;
    for (const std::uint64_t word : words_) count += std::popcount(word);
    return static_cast<std::uint32_t>(count);
  }

  void unite(const GroupSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  }
  void intersect(const GroupSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
  }
  void subtract(const GroupSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
  }
  bool includes(const GroupSet& other) const {
    for (std::size_t i = 0; i < words_.size(); ++i)
      if ((other.words_[i] & ~words_[i]) != 0) return false;
    return true;
  }
  bool meets(const GroupSet& other) const {
    for (std::size_t i = 0; i < words_.size(); ++i)
      if ((other.words_[i] & words_[i]) != 0) return true;
    return false;
  }
  // `count` groups from `first` on, as a set of their own; and back.
  GroupSet part(std::uint32_t first, std::uint32_t count) const {
    GroupSet out(count);
    for (std::uint32_t i = 0; i < count; ++i)
      if (contains(first + i)) out.add(i);
    return out;
  }
  void set_part(std::uint32_t first, const GroupSet& from) {
    for (std::uint32_t i = 0; i < from.size(); ++i)
      from.contains(i) ? add(first + i) : remove(first + i);
  }
  // Ascending.
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (std::uint32_t word = 0; word < words_.size(); ++word)
      for (std::uint64_t left = words_[word]; left != 0; left &= left - 1)
        visit(word * 64 + static_cast<std::uint32_t>(std::countr_zero(left)));
  }
  friend bool operator==(const GroupSet&, const GroupSet&) = default;

 private:
  std::uint32_t size_;
  std::vector<std::uint64_t> words_;
};

}  // namespace sluice::storage
