#include "query/engine/value_counts.h"

#include <algorithm>
#include <cstring>
#include <functional>
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sluice::query {

namespace {

constexpr std::size_t first_entries = 1024;
// Up to here a table that is full becomes several times as large, as most grow on.
constexpr std::size_t small_entries = 1 << 16;

// Whether the first bytes, as many as a Word has, and the last ones are equal; these overlap.
template <typename Word>
bool same_ends(const char* a, const char* b, std::size_t size) {
  const auto word = [](const char* from) {
    Word bytes = 0;
    std::memcpy(&bytes, from, sizeof(bytes));
    return bytes;
  };
  const std::size_t last = size - sizeof(Word);
  return word(a) == word(b) && word(a + last) == word(b + last);
}

// Short values are most, and a call would take longer than they do.
bool same_bytes(const char* a, const char* b, std::size_t size) {
  if (size >= 4 && size <= 8) return same_ends<std::uint32_t>(a, b, size);
  if (size > 8 && size <= 16) return same_ends<std::uint64_t>(a, b, size);
  return std::memcmp(a, b, size) == 0;
}

}  // namespace

std::uint64_t ValueCounts::hash_of(std::string_view text) {
  return XXH3_64bits(text.data(), text.size());
}

std::string_view ValueCounts::Entry::text() const {
  if (inside()) return {bytes.data(), size};
  const char* outside = nullptr;
  std::memcpy(&outside, bytes.data(), sizeof(outside));
  return {outside, size};
}

bool ValueCounts::Entry::holds(const Value& value) const {
  return hash == static_cast<std::uint32_t>(value.hash) && size == value.text.size() &&
         same_bytes(text().data(), value.text.data(), size);
}

void ValueCounts::add(std::span<const Value> values) {
  for (std::size_t begin = 0; begin < values.size(); begin += block)
    add_block(values.subspan(begin, std::min(block, values.size() - begin)));
}

void ValueCounts::add_block(std::span<const Value> values) {
  if (4 * (used_ + values.size()) > 3 * entries_.size()) grow();
  const std::size_t mask = entries_.size() - 1;
  for (const Value& value : values)
    __builtin_prefetch(&entries_[static_cast<std::uint32_t>(value.hash) & mask], 1);
  for (const Value& value : values) add_one(value);
}

void ValueCounts::add_one(const Value& value) {
  const std::size_t mask = entries_.size() - 1;
  std::size_t place = static_cast<std::uint32_t>(value.hash) & mask;
  while (entries_[place].count != 0 && !entries_[place].holds(value)) place = (place + 1) & mask;
  Entry& entry = entries_[place];
  if (entry.count == 0) fill(entry, value);
  entry.count += value.count;
}

void ValueCounts::fill(Entry& entry, const Value& value) {
  ++used_;
  entry.hash = static_cast<std::uint32_t>(value.hash);
  entry.size = static_cast<std::uint32_t>(value.text.size());
  if (entry.inside()) {
    value.text.copy(entry.bytes.data(), value.text.size());
    return;
  }
  const char* const kept = long_texts_.copy(value.text).data();
  long_bytes_ += value.text.size();
  std::memcpy(entry.bytes.data(), &kept, sizeof(kept));
}

// Makes room for a block.
void ValueCounts::grow() {
  const std::size_t factor = entries_.size() < small_entries ? 4 : 2;
  ZeroedTable<Entry> old(std::max(first_entries, factor * entries_.size()));
  old.swap(entries_);
  const std::size_t mask = entries_.size() - 1;
  for (const Entry& entry : old) {
    if (entry.count == 0) continue;
    std::size_t place = entry.hash & mask;
    while (entries_[place].count != 0) place = (place + 1) & mask;
    entries_[place] = entry;
  }
}

void ValueCounts::merge(const ValueCounts& other) {
  std::array<Value, block> values;
  std::size_t count = 0;
  other.each([&](const Value& value) {
    values[count++] = value;
    if (count < block) return;
    add_block(values);
    count = 0;
  });
  if (count > 0) add_block(std::span(values).first(count));
}

std::uint64_t ValueCounts::nth_greatest(std::size_t n) const {
  if (n == 0 || n > used_) return 0;
  std::vector<std::uint64_t> counts;
  counts.reserve(used_);
  each([&](const Value& value) { counts.push_back(value.count); });
  const auto nth = counts.begin() + static_cast<std::ptrdiff_t>(n - 1);
  std::nth_element(counts.begin(), nth, counts.end(), std::greater<>());
  return *nth;
}

}  // namespace sluice::query
