// LineArena: memory for the strings a pipeline makes of one line (unescaped values, joined names,
// formatted lines). Everything is freed at once, when the next line begins; the memory is reused.
#pragma once

#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace sluice::query::logql {

class LineArena {
 public:
  // At least `size` bytes, valid until reset().
  char* allocate(std::size_t size) {
    if (chunks_.empty() || used_ + size > chunks_.back().size) grow(size);
    char* memory = chunks_.back().bytes.get() + used_;
    used_ += size;
    return memory;
  }

  std::string_view copy(std::string_view text) { return concat(text, {}); }

  std::string_view concat(std::string_view a, std::string_view b) {
    if (a.empty() && b.empty()) return {};
    char* memory = allocate(a.size() + b.size());
    if (!a.empty()) std::memcpy(memory, a.data(), a.size());
    if (!b.empty()) std::memcpy(memory + a.size(), b.data(), b.size());
    return {memory, a.size() + b.size()};
  }

  // Keeps one chunk of ordinary size, so that a single huge line does not hold its memory for ever.
  void reset() {
    if (chunks_.size() > 1 || (!chunks_.empty() && chunks_.back().size > max_kept)) chunks_.clear();
    used_ = 0;
  }

 private:
  static constexpr std::size_t first_chunk = 4 << 10;
  static constexpr std::size_t max_kept = 256 << 10;
  struct Chunk {
    std::unique_ptr<char[]> bytes;
    std::size_t size;
  };

  void grow(std::size_t wanted) {
    std::size_t size = chunks_.empty() ? first_chunk : 2 * chunks_.back().size;
    while (size < wanted) size *= 2;
    chunks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
    used_ = 0;
  }

  std::vector<Chunk> chunks_;
  std::size_t used_ = 0;  // of the last chunk
};

}  // namespace sluice::query::logql
