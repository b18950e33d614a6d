// KeySet: the keys of one line, to notice one that stands twice. Keys of an object inside an object
// are put behind those of the outer one and taken off again at its end.
//
// No memory of its own beyond 256 keys, which bounds the quadratic comparison too: nearly always a
// 64-bit filter answers.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "daemon/storage/columns/piece_bytes.h"

namespace sluice::storage {

class KeySet {
 public:
  std::size_t size() const { return size_; }

  // False if the key is among those from number `first` on, or there are too many.
  bool add(std::string_view key, std::size_t first) {
    if (size_ == keys_.size()) return false;
    const std::uint64_t bit = std::uint64_t{1} << (hash_piece(0, key.data(), key.size()) & 63);
    if ((filter_ & bit) != 0 && contains(key, first)) return false;
    filter_ |= bit;
    keys_[size_++] = {key.data(), static_cast<std::uint32_t>(key.size())};
    return true;
  }
  void shrink(std::size_t size) { size_ = size; }

 private:
  struct Key {
    const char* data;
    std::uint32_t size;
  };

  bool contains(std::string_view key, std::size_t first) const {
    for (std::size_t i = first; i < size_; ++i)
      if (keys_[i].size == key.size() && same_bytes(keys_[i].data, key.data(), key.size()))
        return true;
    return false;
  }

  std::array<Key, 256> keys_;  // not initialised: only the first size_ are read
  std::size_t size_ = 0;
  std::uint64_t filter_ = 0;
};

}  // namespace sluice::storage
