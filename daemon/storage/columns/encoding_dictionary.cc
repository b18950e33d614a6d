#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <iterator>
#include <numeric>

#include "daemon/storage/columns/column_codec.h"
#include "daemon/storage/columns/piece_bytes.h"
#include "daemon/storage/columns/planes.h"

namespace sluice::storage {

namespace {

template <typename Word>
std::uint64_t load_word(const char* data) {
  Word word = 0;
  std::memcpy(&word, data, sizeof word);
  return word;
}

constexpr std::uint64_t odd = 0x9E3779B97F4A7C15U;

// Up to eight bytes as a number: with the size, the value itself.
std::uint64_t whole_word(const char* data, std::size_t size) {
  if (size >= 4)
    return load_word<std::uint32_t>(data) | load_word<std::uint32_t>(data + size - 4) << 32;
  if (size == 0) return 0;
  const auto byte = [data](std::size_t i) -> std::uint64_t {
    return static_cast<unsigned char>(data[i]);
  };
  return byte(0) | byte(size / 2) << 8 | byte(size - 1) << 16;
}

// The value itself if it has at most eight bytes, else a hash of it; the last words overlap. Values
// come from outside, but a table that gives up past max_distinct cannot be slowed beyond its size.
std::uint64_t word_of(std::string_view value) {
  const char* data = value.data();
  const std::size_t size = value.size();
  if (size <= 8) return whole_word(data, size);
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i + 8 < size; i += 8) {
    hash = (hash ^ load_word<std::uint64_t>(data + i)) * odd;
    hash ^= hash >> 32;
  }
  return (hash ^ load_word<std::uint64_t>(data + size - 8)) * odd;
}

// Finds values by content: open addressing, at least twice as many places as values. It begins
// small: most columns have few values, and a table for all there may be would have to be cleared
// and would not stay in the fastest cache.
class ValueTable {
 public:
  explicit ValueTable(std::size_t rows) {
    constexpr std::size_t values_at_first = 64;
    set_places(2 * std::bit_ceil(std::min(rows, values_at_first)));
  }

  // The code of values[row], given now if it is new.
  std::uint32_t code(Values values, std::size_t row, Distinct& out) {
    const std::string_view value = values[row];
    const auto size = static_cast<std::uint32_t>(value.size());
    return find(word_of(value), size, row, out, [&](std::uint32_t first) {
      return size <= 8 || same_bytes(values[first].data(), value.data(), size);
    });
  }
  // The same for numbers. A table is of one or the other.
  std::uint32_t code_of_number(std::uint64_t number, std::size_t row, Distinct& out) {
    return find(number, 8, row, out, [](std::uint32_t) { return true; });
  }

 private:
  // `same(row)`: the value there, whose word and size are the same, is the same.
  template <typename Same>
  std::uint32_t find(std::uint64_t word, std::uint32_t size, std::size_t row, Distinct& out,
                     Same same) {
    for (std::size_t place = place_of(word, size);; place = (place + 1) & mask_) {
      const Entry& entry = entries_[place];
      if (entry.code == 0) return add(place, word, size, row, out);
      if (entry.word == word && entry.size == size && same(out.first[entry.code - 1]))
        return entry.code - 1;
    }
  }

  struct Entry {
    std::uint64_t word;
    std::uint32_t size;
    std::uint32_t code;  // + 1; 0: free
  };

  std::size_t place_of(std::uint64_t word, std::uint32_t size) const {
    return (word ^ size) * odd >> shift_;
  }

  std::uint32_t add(std::size_t place, std::uint64_t word, std::uint32_t size, std::size_t row,
                    Distinct& out) {
    const auto code = static_cast<std::uint32_t>(out.first.size());
    entries_[place] = {word, size, code + 1};
    out.first.push_back(static_cast<std::uint32_t>(row));
    out.counts.push_back(0);
    if (2 * out.first.size() > mask_ && mask_ + 1 < entries_.size()) grow();
    return code;
  }

  void grow() {
    std::vector<Entry> used;
    used.reserve(mask_ / 2 + 1);
    std::copy_if(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(mask_ + 1),
                 std::back_inserter(used), [](const Entry& entry) { return entry.code != 0; });
    set_places(std::min(4 * (mask_ + 1), entries_.size()));
    for (const Entry& entry : used) {
      std::size_t place = place_of(entry.word, entry.size);
      while (entries_[place].code != 0) place = (place + 1) & mask_;
      entries_[place] = entry;
    }
  }

  void set_places(std::size_t places) {
    shift_ = 64 - static_cast<unsigned>(std::countr_zero(places));
    mask_ = places - 1;
    std::fill_n(entries_.begin(), places, Entry{0, 0, 0});
  }

  unsigned shift_ = 0;
  std::size_t mask_ = 0;
  std::array<Entry, 4 * max_distinct> entries_;  // the first mask_ + 1 are used
};

std::vector<std::uint32_t> by_falling_count(const Distinct& distinct) {
  std::vector<std::uint32_t> order(distinct.first.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return distinct.counts[a] != distinct.counts[b] ? distinct.counts[a] > distinct.counts[b]
                                                    : a < b;
  });
  return order;
}

void put_codes(const Distinct& distinct, std::span<const std::uint32_t> order, std::string& out) {
  std::vector<std::uint32_t> renamed(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) renamed[order[i]] = static_cast<std::uint32_t>(i);
  const std::size_t rows = distinct.codes.size();
  const unsigned bits = plane_bits(static_cast<unsigned>(std::bit_width(order.size() - 1)));
  const std::size_t before = out.size();
  out.resize(before + 1 + planes_size(bits, rows));
  out[before] = static_cast<char>(bits);
  fill_planes(out.data() + before + 1, bits, rows,
              [&](std::size_t i) -> std::uint64_t { return renamed[distinct.codes[i]]; });
}

}  // namespace

namespace {

// code(table, row) of each row, as far as it is worth it.
template <typename Code>
bool find_few(std::size_t rows, Distinct& out, Code code_of) {
  if (rows == 0) return false;
  ValueTable table(rows);
  out.codes.resize(rows);
  const std::size_t most = std::min(max_distinct, std::max<std::size_t>(1, rows / 2));
  constexpr std::size_t usual = 64;
  out.first.reserve(std::min(most + 1, usual));
  out.counts.reserve(std::min(most + 1, usual));
  for (std::size_t i = 0; i < rows; ++i) {
    const std::uint32_t code = code_of(table, i);
    if (out.first.size() > most) return false;
    // Mostly new so far: not worth going on.
    if (i == 1024 && out.first.size() > 900) return false;
    out.codes[i] = code;
    ++out.counts[code];
  }
  return true;
}

}  // namespace

bool find_distinct(Values values, Distinct& out) {
  return find_few(values.size(), out, [&](ValueTable& table, std::size_t row) {
    // Values lie a line apart from each other, where no cache expects them.
    constexpr std::size_t ahead = 16;
    if (row + ahead < values.size()) __builtin_prefetch(values[row + ahead].data());
    // Many columns stay the same from row to row; what differs does so at its end mostly.
    const std::string_view value = values[row];
    if (row > 0 && !value.empty() && value.size() == values[row - 1].size() &&
        value.back() == values[row - 1].back() &&
        same_bytes(value.data(), values[row - 1].data(), value.size()))
      return out.codes[row - 1];
    return table.code(values, row, out);
  });
}

bool find_distinct_numbers(std::span<const std::int64_t> numbers, Distinct& out) {
  return find_few(numbers.size(), out, [&](ValueTable& table, std::size_t row) {
    return table.code_of_number(static_cast<std::uint64_t>(numbers[row]), row, out);
  });
}

double distinct_cost(Values values, const Distinct& distinct) {
  const auto rows = static_cast<double>(distinct.codes.size());
  double bits = 0;
  double bytes = 0;
  for (std::size_t i = 0; i < distinct.first.size(); ++i) {
    const double count = distinct.counts[i];
    bits += count * std::log2(rows / count);
    bytes += 1 + 0.5 * static_cast<double>(values[distinct.first[i]].size());
  }
  return bytes + bits / 8;
}

ColumnInfo encode_distinct(Values values, const Distinct& distinct, std::string& out) {
  const auto order = by_falling_count(distinct);
  for (const std::uint32_t code : order) put_varint(out, values[distinct.first[code]].size());
  for (const std::uint32_t code : order) out.append(values[distinct.first[code]]);
  if (order.size() > 1) put_codes(distinct, order, out);
  ColumnInfo info = info_of(ColumnEncoding::dictionary);
  info.distinct = static_cast<std::uint32_t>(order.size());
  return info;
}

Result<void> ColumnDecoder::codes(std::size_t distinct) {
  auto& codes = column_.codes_;
  codes.resize(rows_);
  if (!get_planes(in_, codes)) return corrupt_column("codes are missing");
  std::uint32_t most = 0;
  for (const std::uint32_t code : codes) most = std::max(most, code);
  if (most >= distinct) return corrupt_column("a code is in no dictionary");
  return {};
}

Result<void> ColumnDecoder::dictionary() {
  const std::size_t distinct = column_.info_.distinct;
  if (distinct == 0 || distinct > SlotColumn::max_rows || distinct > in_.left())
    return corrupt_column("dictionary does not decode");
  std::vector<std::size_t> lengths(distinct);
  std::size_t total = 0;
  for (auto& length : lengths) {
    length = in_.varint();
    if (length > in_.left() || total > in_.left()) return corrupt_column("dictionary is cut");
    total += length;
  }
  keep_bytes(in_.bytes(total));
  if (!in_.ok()) return corrupt_column("dictionary is cut");
  column_.values_.reserve(distinct);
  const char* next = column_.bytes_.data();
  for (const std::size_t length : lengths) {
    column_.values_.emplace_back(next, length);
    next += length;
  }
  // Also a column without rows has its dictionary; codes_ stays empty only for one value.
  if (distinct > 1) return rows_ > 0 ? codes(distinct) : corrupt_column("dictionary has no rows");
  return {};
}

}  // namespace sluice::storage
