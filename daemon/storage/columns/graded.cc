#include "daemon/storage/columns/graded.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "daemon/storage/codec/block_codec.h"

namespace sluice::storage {

namespace {

// What a number has below its highest bit and the two that follow, which the grade tells.
constexpr unsigned told = 3;
constexpr std::uint64_t least_with_low_bits = 1U << told;
constexpr unsigned grade_count = 4 * (64 - told) + 8;

unsigned low_bits(std::uint64_t n) {
  const auto width = static_cast<unsigned>(std::bit_width(n));
  return width <= told ? 0 : width - told;
}

unsigned char grade_of(std::uint64_t n) {
  if (n < least_with_low_bits) return static_cast<unsigned char>(n);
  const unsigned low = low_bits(n);
  return static_cast<unsigned char>(4 * (low + 1) + ((n >> low) & 3));
}

struct Grade {
  std::uint64_t base;  // the smallest number of it
  unsigned low;        // how many bits follow
};

constexpr Grade grade_at(unsigned grade) {
  if (grade < least_with_low_bits) return {grade, 0};
  const unsigned low = grade / 4 - 1;
  return {(std::uint64_t{4} | (grade & 3)) << low, low};
}

constexpr auto all_grades = [] {
  std::array<Grade, grade_count> all{};
  for (unsigned i = 0; i < grade_count; ++i) all[i] = grade_at(i);
  return all;
}();

// Bits one behind the other, the first ones lowest; less than 64 at a time.
class BitWriter {
 public:
  explicit BitWriter(std::string& out) : out_(out) {}

  void put(std::uint64_t bits, unsigned count) {
    held_ |= bits << held_count_;
    if (held_count_ + count < 64) {
      held_count_ += count;
      return;
    }
    put_fixed64(out_, held_);
    const unsigned taken = 64 - held_count_;
    held_ = bits >> taken;
    held_count_ = count - taken;
  }

  void finish() {
    for (; held_count_ > 0; held_count_ -= held_count_ < 8 ? held_count_ : 8, held_ >>= 8)
      out_.push_back(static_cast<char>(held_));
  }

 private:
  std::string& out_;
  std::uint64_t held_ = 0;
  unsigned held_count_ = 0;  // below 64
};

// `count` bits, at most 61, from bit `at` on.
std::uint64_t bits_at(std::string_view data, std::size_t at, unsigned count) {
  const std::size_t byte = at / 8;
  std::uint64_t word = 0;
  std::uint64_t next = 0;
  if (data.size() - byte >= 9) {
    std::memcpy(&word, data.data() + byte, 8);
    next = static_cast<unsigned char>(data[byte + 8]);
  } else {
    std::memcpy(&word, data.data() + byte, std::min<std::size_t>(8, data.size() - byte));
  }
  const unsigned shift = at % 8;
  word >>= shift;
  if (shift > 0) word |= next << (64 - shift);
  return word & ((std::uint64_t{1} << count) - 1);
}

// The grades, or nothing. `bits`: how many follow them.
std::string get_grades(ByteReader& in, std::size_t count, std::size_t& bits) {
  const std::uint64_t size = in.varint();
  auto read = zstd_block(in.bytes(size), count);
  bits = 0;
  if (!in.ok() || !read) return {};
  for (const char c : *read) {
    const auto grade = static_cast<unsigned char>(c);
    if (grade >= grade_count) return {};
    bits += all_grades[grade].low;
  }
  return std::move(*read);
}

}  // namespace

void put_graded(std::span<const std::uint64_t> numbers, int zstd_level, std::string& out) {
  std::string read(numbers.size(), '\0');
  for (std::size_t i = 0; i < numbers.size(); ++i)
    read[i] = static_cast<char>(grade_of(numbers[i]));
  std::string compressed;
  append_zstd(compressed, read, zstd_level);
  put_string(out, compressed);
  BitWriter writer(out);
  for (const std::uint64_t n : numbers) {
    const unsigned low = low_bits(n);
    writer.put(n & ((std::uint64_t{1} << low) - 1), low);
  }
  writer.finish();
}

bool get_graded(ByteReader& in, std::span<std::int64_t> out) {
  std::size_t bits = 0;
  const std::string read = get_grades(in, out.size(), bits);
  const std::string_view low = in.bytes((bits + 7) / 8);
  if (!in.ok() || read.size() != out.size()) return false;
  std::size_t at = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const Grade& grade = all_grades[static_cast<unsigned char>(read[i])];
    out[i] = static_cast<std::int64_t>(grade.base + bits_at(low, at, grade.low));
    at += grade.low;
  }
  return true;
}

}  // namespace sluice::storage
