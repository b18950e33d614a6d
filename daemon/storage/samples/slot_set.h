// SlotSet: a set of small numbers, the posting list of a label in the head. Few numbers lie in a
// sorted list; more are split by their upper 16 bits into containers, which are sorted lists up to
// 4,096 numbers and bitmaps above.
//
// Source: Chambi et al., "Better bitmap performance with Roaring bitmaps", 2016. Thread-compatible.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

namespace sluice::storage {

class SlotSet {
 public:
  void add(std::uint32_t slot);     // no effect if it is there
  void remove(std::uint32_t slot);  // no effect if it is not
  bool contains(std::uint32_t slot) const;
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // Ascending.
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const std::uint32_t slot : few_) visit(slot);
    if (!containers_) return;
    for (const Container& container : *containers_) container.for_each(visit);
  }

 private:
  static constexpr std::size_t few_max = 16;
  static constexpr std::size_t list_max = 4096;
  using Bits = std::array<std::uint64_t, 1024>;

  struct Container {
    std::uint16_t high = 0;
    std::vector<std::uint16_t> list = {};  // sorted; empty if there are bits
    std::unique_ptr<Bits> bits = {};
    std::size_t count = 0;

    bool add(std::uint16_t low);
    bool remove(std::uint16_t low);
    bool contains(std::uint16_t low) const;
    void to_bits();
    void to_list();

    template <class Visit>
    void for_each(const Visit& visit) const {
      const std::uint32_t base = std::uint32_t{high} << 16;
      for (const std::uint16_t low : list) visit(base | low);
      if (!bits) return;
      for (std::uint32_t word = 0; word < bits->size(); ++word)
        for (std::uint64_t left = (*bits)[word]; left != 0; left &= left - 1)
          visit(base | word * 64 | static_cast<std::uint32_t>(std::countr_zero(left)));
    }
  };

  std::vector<Container>::iterator container_of(std::uint16_t high) const;
  void insert(std::uint32_t slot);
  void spread();

  std::vector<std::uint32_t> few_;
  std::unique_ptr<std::vector<Container>> containers_;  // sorted; null: all are in few_
  std::size_t size_ = 0;
};

}  // namespace sluice::storage
