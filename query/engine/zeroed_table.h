// ZeroedTable: the places of a hash table, all zero at first. Large ones come from the kernel,
// which clears them anyway, in huge pages where it has them: looking up what is spread over
// megabytes waits for the addresses of its pages as much as for the memory.
//
// Moved, not copied. One thread.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <type_traits>
#include <utility>

namespace sluice::query {

// Zeroed memory. Throws std::bad_alloc.
class ZeroedBytes {
 public:
  ZeroedBytes() = default;
  explicit ZeroedBytes(std::size_t size) : size_(size) {
    if (size_ == 0) return;
    if (size_ >= huge_page)
      map();
    else
      data_ = std::calloc(size_, 1);
    if (data_ == nullptr) throw std::bad_alloc();
  }
  ZeroedBytes(ZeroedBytes&& other) noexcept { swap(other); }
  ZeroedBytes& operator=(ZeroedBytes&& other) noexcept {
    swap(other);
    return *this;
  }
  ~ZeroedBytes() {
    if (mapped_ > 0)
      ::munmap(data_, mapped_);
    else
      std::free(data_);
  }

  void* data() const { return data_; }
  std::size_t memory_bytes() const { return mapped_ > 0 ? mapped_ : size_; }
  void swap(ZeroedBytes& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(mapped_, other.mapped_);
  }

 private:
  static constexpr std::size_t huge_page = 2 << 20;

  // A huge page begins at a multiple of its size: what is before and behind is given back.
  void map() {
    const std::size_t wanted = (size_ + huge_page - 1) / huge_page * huge_page;
    void* const all = ::mmap(nullptr, wanted + huge_page, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED) return;
    auto* const begin = static_cast<char*>(all);
    const std::size_t before =
        (huge_page - reinterpret_cast<std::uintptr_t>(begin) % huge_page) % huge_page;
    if (before > 0) ::munmap(begin, before);
    ::munmap(begin + before + wanted, huge_page - before);
    // A kernel without huge pages maps small ones.
    static_cast<void>(::madvise(begin + before, wanted, MADV_HUGEPAGE));
    data_ = begin + before;
    mapped_ = wanted;
  }

  void* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t mapped_ = 0;  // 0: of the heap
};

template <typename T>
class ZeroedTable {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  ZeroedTable() = default;
  explicit ZeroedTable(std::size_t size) : bytes_(size * sizeof(T)), size_(size) {}
  ZeroedTable(ZeroedTable&& other) noexcept { swap(other); }
  ZeroedTable& operator=(ZeroedTable&& other) noexcept {
    swap(other);
    return *this;
  }

  std::size_t size() const { return size_; }
  std::size_t memory_bytes() const { return bytes_.memory_bytes(); }
  T& operator[](std::size_t i) { return data()[i]; }
  const T& operator[](std::size_t i) const { return data()[i]; }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size_; }
  void swap(ZeroedTable& other) noexcept {
    bytes_.swap(other.bytes_);
    std::swap(size_, other.size_);
  }

 private:
  T* data() const { return static_cast<T*>(bytes_.data()); }

  ZeroedBytes bytes_;
  std::size_t size_ = 0;
};

}  // namespace sluice::query
