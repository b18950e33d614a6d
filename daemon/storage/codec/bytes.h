// The primitive encodings of values on disk: varint, zigzag, fixed, string, labels
// (docs/format/keyspace.md). Writers append to a string; ByteReader never reads past its end.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/types/labels.h"

namespace sluice::storage {

static_assert(std::endian::native == std::endian::little, "fixed encodings are plain copies");

inline void put_varint(std::string& out, std::uint64_t n) {
  if (n < 0x80) return out.push_back(static_cast<char>(n));
  char buffer[10];
  std::size_t size = 0;
  while (n >= 0x80) {
    buffer[size++] = static_cast<char>(n | 0x80);
    n >>= 7;
  }
  buffer[size++] = static_cast<char>(n);
  out.append(buffer, size);
}

inline std::uint64_t to_zigzag(std::int64_t n) {
  return (static_cast<std::uint64_t>(n) << 1) ^ static_cast<std::uint64_t>(n >> 63);
}
inline std::int64_t from_zigzag(std::uint64_t n) {
  return static_cast<std::int64_t>((n >> 1) ^ (~(n & 1) + 1));
}
inline void put_zigzag(std::string& out, std::int64_t n) {
  put_varint(out, to_zigzag(n));
}

// The difference of two timestamps may not fit 64 bits signed; it wraps, and adding wraps back.
inline std::int64_t wrapping_sub(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
inline std::int64_t wrapping_add(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

inline void put_fixed64(std::string& out, std::uint64_t n) {
  char buffer[8];
  std::memcpy(buffer, &n, 8);
  out.append(buffer, 8);
}

inline void put_string(std::string& out, std::string_view text) {
  put_varint(out, text.size());
  out.append(text);
}

void put_labels(std::string& out, const LabelSet& labels);

// Reads from the front of `data`. After the first failure everything reads as zero and ok() stays
// false, so decoders check once, at the end (and before trusting a count).
class ByteReader {
 public:
  explicit ByteReader(std::string_view data) : data_(data) {}

  bool ok() const { return ok_; }
  std::size_t left() const { return data_.size(); }
  // All read, nothing failed.
  bool finished() const { return ok_ && data_.empty(); }

  std::uint64_t varint() {
    if (data_.empty() || static_cast<unsigned char>(data_[0]) >= 0x80) return long_varint();
    const auto n = static_cast<unsigned char>(data_[0]);
    data_.remove_prefix(1);
    return n;
  }
  std::int64_t zigzag() { return from_zigzag(varint()); }
  std::uint64_t fixed64();
  std::string_view bytes(std::size_t n) {
    if (n > data_.size()) {
      fail();
      return {};
    }
    const std::string_view out = data_.substr(0, n);
    data_.remove_prefix(n);
    return out;
  }
  std::string_view string() { return bytes(varint()); }
  // A number of items that each take at least `least` bytes: fails if they cannot be there.
  std::size_t count(std::size_t least) {
    const std::uint64_t n = varint();
    return n != 0 && n > data_.size() / least ? fail() : n;
  }
  LabelSet labels() {
    const std::size_t n = count(2);
    return n == 0 ? LabelSet() : some_labels(n);
  }
  // For what a decoder finds wrong beyond that.
  std::uint64_t fail() {
    ok_ = false;
    data_ = {};
    return 0;
  }

 private:
  LabelSet some_labels(std::size_t n);
  std::uint64_t long_varint();  // not inline, so that varint() is
  std::string_view data_;
  bool ok_ = true;
};

}  // namespace sluice::storage
