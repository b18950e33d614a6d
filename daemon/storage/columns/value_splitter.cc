#include "daemon/storage/columns/value_splitter.h"

#include <algorithm>
#include <array>

namespace sluice::storage {

namespace {

// Classes of bytes, to be combined.
constexpr std::uint8_t no_class = 0;
constexpr std::uint8_t digit_class = 1;
constexpr std::uint8_t hex_class = 2;
constexpr std::uint8_t letter_class = 4;

constexpr std::array<std::uint8_t, 256> classes = [] {
  std::array<std::uint8_t, 256> table{};
  for (unsigned c = '0'; c <= '9'; ++c) table[c] = digit_class;
  for (unsigned i = 0; i < 26; ++i)
    table['a' + i] = table['A' + i] = i < 6 ? hex_class : letter_class;
  return table;
}();

std::uint8_t class_of(char c) {
  return classes[static_cast<unsigned char>(c)];
}

// The end of the bytes of these classes from `at` on; which of them occurred is added to `seen`.
std::size_t run_end(std::string_view value, std::size_t at, unsigned of, unsigned& seen) {
  for (; at < value.size() && (class_of(value[at]) & of) != 0; ++at) seen |= class_of(value[at]);
  return at;
}

bool is_uuid(std::string_view value, std::size_t at) {
  constexpr std::size_t length = 36;
  if (value.size() - at < length || value[at + 8] != '-' || value[at + 13] != '-') return false;
  for (std::size_t i = 0; i < length; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = value[at + i];
    if (dash ? c != '-' : (class_of(c) & (digit_class | hex_class)) == 0) return false;
  }
  return true;
}

// Past ".5.6" after digits: more digits behind points.
std::size_t past_fractions(std::string_view value, std::size_t at) {
  unsigned seen = 0;
  while (at + 1 < value.size() && value[at] == '.' && class_of(value[at + 1]) == digit_class)
    at = run_end(value, at + 1, digit_class, seen);
  return at;
}

// Letters beside digits that are words or units, not hex digits.
bool wordlike(unsigned seen) {
  return seen == 0 || (seen & letter_class) != 0;
}

// The varying part of the run [at, end), which holds a digit.
SlotRange varying(std::string_view value, std::size_t at, std::size_t end) {
  unsigned before = 0;
  unsigned after = 0;
  unsigned digits = 0;
  const std::size_t first = run_end(value, at, hex_class | letter_class, before);
  const std::size_t last = past_fractions(value, run_end(value, first, digit_class, digits));
  const std::size_t stop = run_end(value, last, hex_class | letter_class, after);
  const bool plain = stop >= end && (stop == value.size() || class_of(value[stop]) == no_class);
  const bool alone = plain && wordlike(before) && wordlike(after);
  const std::size_t from = alone ? first : at;
  const std::size_t to = alone ? last : end;
  return {static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to)};
}

}  // namespace

void split_value(std::string_view value, std::vector<SlotRange>& slots) {
  constexpr std::uint32_t uuid_length = 36;
  slots.clear();
  for (std::size_t at = 0; at < value.size();) {
    unsigned seen = 0;
    const std::size_t end = run_end(value, at, digit_class | hex_class | letter_class, seen);
    if (end - at == 8 && is_uuid(value, at)) {
      slots.push_back(
          {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at) + uuid_length});
      at = slots.back().end;
    } else if ((seen & digit_class) != 0) {
      slots.push_back(varying(value, at, end));
      at = std::max<std::size_t>(end, slots.back().end);
    } else {
      at = end + 1;
    }
  }
}

}  // namespace sluice::storage
