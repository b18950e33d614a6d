// reserve_touched(): room in a vector for what is about to be written, with its pages there.
//
// Columns that are kept are mostly new memory, which the kernel maps page by page as it is written,
// with an exception for each: a quarter of the CPU time of cold queries. Asking for all of it at
// once saves some of that. Memory that is there already is only looked at. Any thread.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sluice::storage {

template <typename T>
void reserve_touched(std::vector<T>& values, std::size_t count) {
  constexpr std::size_t least_bytes = 64 << 10;  // less is not worth a call
  constexpr std::uintptr_t page = 4096;
  values.reserve(count);
#ifdef MADV_POPULATE_WRITE
  if (count * sizeof(T) < least_bytes) return;
  const auto begin = (reinterpret_cast<std::uintptr_t>(values.data()) + page - 1) & ~(page - 1);
  const auto end = reinterpret_cast<std::uintptr_t>(values.data() + count) & ~(page - 1);
  // A kernel that does not know it maps them as they are written.
  static_cast<void>(::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_POPULATE_WRITE));
#endif
}

}  // namespace sluice::storage
