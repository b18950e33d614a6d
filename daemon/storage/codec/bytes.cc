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

std::uint64_t ByteReader::fixed64() {
  const std::string_view raw = bytes(8);
  if (raw.size() != 8) return 0;
  std::uint64_t n = 0;
  std::memcpy(&n, raw.data(), 8);
  return n;
}

std::string_view ByteReader::bytes(std::size_t n) {
  if (n > data_.size()) {
    fail();
    return {};
  }
  const std::string_view out = data_.substr(0, n);
  data_.remove_prefix(n);
  return out;
}

std::size_t ByteReader::count(std::size_t least) {
  const std::uint64_t n = varint();
  if (n > data_.size() / least) return fail();
  return n;
}

LabelSet ByteReader::labels() {
  const std::size_t n = count(2);
  if (n == 0) return {};
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
