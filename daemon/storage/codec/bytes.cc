#include "daemon/storage/codec/bytes.h"

#include <vector>

namespace sluice::storage {

void put_labels(std::string& out, const LabelSet& labels) {
  put_varint(out, labels.size());
  for (const auto& [name, value] : labels) {
    put_string(out, name);
    put_string(out, value);
  }
}

std::uint64_t ByteReader::long_varint() {
  std::uint64_t n = 0;
  for (std::size_t i = 0; i < data_.size() && i < 10; ++i) {
    const auto byte = static_cast<unsigned char>(data_[i]);
    n |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * i);
    if (byte < 0x80) {
      data_.remove_prefix(i + 1);
      return n;
    }
  }
  return fail();
}

std::uint64_t ByteReader::fixed64() {
  const std::string_view raw = bytes(8);
  if (raw.size() != 8) return 0;
  std::uint64_t n = 0;
  std::memcpy(&n, raw.data(), 8);
  return n;
}

LabelSet ByteReader::some_labels(std::size_t n) {
  std::vector<Label> list;
  list.reserve(n);
  for (std::size_t i = 0; i < n && ok_; ++i) {
    const std::string_view name = string();
    const std::string_view value = string();
    list.push_back({std::string(name), std::string(value)});
  }
  return LabelSet::from(std::move(list));
}

}  // namespace sluice::storage
