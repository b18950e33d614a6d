// ValueCounts: how often each value of a label occurs, exactly, where there may be a great many.
//
// An entry is half a line of the processor's cache and holds a short value itself, so that adding
// to one waits for memory once; values are added in blocks that share these waits. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "query/engine/zeroed_table.h"
#include "query/logql/line_arena.h"

namespace sluice::query {

class ValueCounts {
 public:
  struct Value {
    std::string_view text;  // copied
    std::uint64_t hash = 0;
    std::uint64_t count = 0;  // not 0
  };
  static std::uint64_t hash_of(std::string_view text);  // FieldColumn::hashes

  void add(std::span<const Value> values);
  void merge(const ValueCounts& other);
  bool empty() const { return used_ == 0; }
  // The n-th greatest count; 0 if there are fewer values, or n is 0.
  std::uint64_t nth_greatest(std::size_t n) const;
  // Calls visit(value) for each; its text is valid until the next add() or merge().
  template <class Visit>
  void each(Visit visit) const {
    for (const Entry& entry : entries_)
      if (entry.count != 0) visit(Value{entry.text(), entry.hash, entry.count});
  }
  std::size_t memory_bytes() const { return entries_.memory_bytes() + long_bytes_; }

 private:
  static constexpr std::size_t block = 32;  // of values whose waits are shared
  struct Entry {
    static constexpr std::size_t most_inside = 16;
    std::uint64_t count = 0;  // 0: free
    std::uint32_t hash = 0;   // its low half, which tells the place
    std::uint32_t size = 0;
    // The value, or where it is if it is longer.
    std::array<char, most_inside> bytes;

    bool inside() const { return size <= most_inside; }
    std::string_view text() const;
    bool holds(const Value& value) const;
  };
  static_assert(sizeof(Entry) == 32);

  void add_block(std::span<const Value> values);
  void add_one(const Value& value);
  void fill(Entry& entry, const Value& value);
  void grow();

  // Open addressing with linear probing, at most three quarters full.
  ZeroedTable<Entry> entries_;
  std::size_t used_ = 0;
  logql::LineArena long_texts_;
  std::size_t long_bytes_ = 0;
};

}  // namespace sluice::query
