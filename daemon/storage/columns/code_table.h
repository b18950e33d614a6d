// CodeTable: finds the code of a value by its hash; the values lie with its user. Open addressing
// with linear probing, at most half full. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sluice::storage {

class CodeTable {
 public:
  // `places`: a power of two.
  explicit CodeTable(std::size_t places) : entries_(places) {}

  // The code with this hash for which same(code) holds; else `next`, which is known from then on.
  template <typename Same>
  std::uint32_t find_or_add(std::uint32_t hash, std::uint32_t next, Same same) {
    std::size_t place = hash & mask();
    for (; entries_[place].code != 0; place = (place + 1) & mask())
      if (entries_[place].hash == hash && same(entries_[place].code - 1))
        return entries_[place].code - 1;
    entries_[place] = {hash, next + 1};
    if (2 * ++used_ > entries_.size()) grow();
    return next;
  }
  std::size_t memory_bytes() const { return entries_.capacity() * sizeof(Entry); }

 private:
  struct Entry {
    std::uint32_t hash = 0;
    std::uint32_t code = 0;  // + 1; 0: free
  };

  std::size_t mask() const { return entries_.size() - 1; }

  void grow() {
    std::vector<Entry> old(4 * entries_.size());
    old.swap(entries_);
    for (const Entry& entry : old) {
      if (entry.code == 0) continue;
      std::size_t place = entry.hash & mask();
      while (entries_[place].code != 0) place = (place + 1) & mask();
      entries_[place] = entry;
    }
  }

  std::vector<Entry> entries_;
  std::size_t used_ = 0;
};

}  // namespace sluice::storage
