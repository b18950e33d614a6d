// Bits, most significant first, for sample chunks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::storage {

class BitWriter {
 public:
  explicit BitWriter(std::string& out) : out_(out) {}

  // The low `count` bits of `value`, 0 to 64.
  void put(std::uint64_t value, unsigned count) {
    while (count > 0) {
      if (free_ == 0) {
        out_ += '\0';
        free_ = 8;
      }
      const unsigned take = count < free_ ? count : free_;
      const auto piece = static_cast<unsigned>(value >> (count - take)) & ((1U << take) - 1);
      auto byte = static_cast<unsigned char>(out_.back());
      byte = static_cast<unsigned char>(byte | piece << (free_ - take));
      out_.back() = static_cast<char>(byte);
      free_ -= take;
      count -= take;
    }
  }

 private:
  std::string& out_;
  unsigned free_ = 0;  // unused bits of the last byte
};

// Past the end it reads zeros and ok() turns false.
class BitReader {
 public:
  explicit BitReader(std::string_view data) : data_(data) {}

  std::uint64_t get(unsigned count) {
    std::uint64_t value = 0;
    while (count > 0) {
      if (at_ / 8 >= data_.size()) {
        ok_ = false;
        return 0;
      }
      const auto offset = static_cast<unsigned>(at_ % 8);
      const unsigned take = count < 8 - offset ? count : 8 - offset;
      const auto byte = static_cast<unsigned char>(data_[at_ / 8]);
      const unsigned mask = (1U << take) - 1;
      const unsigned piece = static_cast<unsigned>(byte) >> (8 - offset - take) & mask;
      value = value << take | piece;
      at_ += take;
      count -= take;
    }
    return value;
  }
  bool bit() { return get(1) != 0; }
  bool ok() const { return ok_; }
  // Less than a byte is left, and that is zero.
  bool finished() { return ok_ && (data_.size() * 8 - at_) < 8 && rest_is_zero(); }

 private:
  bool rest_is_zero() { return get(static_cast<unsigned>(data_.size() * 8 - at_)) == 0; }

  std::string_view data_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace sluice::storage
