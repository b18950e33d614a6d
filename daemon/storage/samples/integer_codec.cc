#include "daemon/storage/samples/integer_codec.h"

#include <algorithm>
#include <array>
#include <bit>

#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/samples/bit_stream.h"

namespace sluice::storage {

namespace {

using Numbers = std::span<const std::int64_t>;

// Of numbers in a block: few where the range changes, many where it does not. On disk as an index.
constexpr std::array<std::size_t, 4> block_sizes = {32, 128, 512, 1 << 30};

struct Frame {
  std::uint64_t least;  // zigzag
  unsigned least_width;
  unsigned width;
};

Frame frame_of(Numbers block) {
  const auto [least, most] = std::minmax_element(block.begin(), block.end());
  const std::uint64_t folded = to_zigzag(*least);
  return {folded, static_cast<unsigned>(std::bit_width(folded)),
          static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(*most - *least)))};
}

template <class Visit>
void for_blocks(Numbers numbers, std::size_t size, const Visit& visit) {
  for (std::size_t begin = 0; begin < numbers.size(); begin += size)
    visit(numbers.subspan(begin, std::min(size, numbers.size() - begin)));
}

std::size_t packed_bits(Numbers numbers, std::size_t size) {
  std::size_t bits = 0;
  for_blocks(numbers, size, [&](Numbers block) {
    const Frame frame = frame_of(block);
    bits += 13 + frame.least_width + frame.width * block.size();
  });
  return bits;
}

struct Choice {
  std::size_t index = 0;
  std::size_t bits = SIZE_MAX;
};

Choice best_blocks(Numbers numbers) {
  Choice best;
  for (std::size_t i = 0; i < block_sizes.size(); ++i) {
    if (i > 0 && block_sizes[i - 1] >= numbers.size()) break;  // the same again
    if (const std::size_t bits = packed_bits(numbers, block_sizes[i]); bits < best.bits)
      best = {i, bits};
  }
  return best;
}

void put_packed(std::string& out, Numbers numbers) {
  const std::size_t index = best_blocks(numbers).index;
  out += static_cast<char>(index);
  BitWriter bits(out);
  for_blocks(numbers, block_sizes[index], [&](Numbers block) {
    const Frame frame = frame_of(block);
    bits.put(frame.least_width, 7);
    bits.put(frame.least, frame.least_width);
    bits.put(frame.width, 6);
    const std::int64_t least = from_zigzag(frame.least);
    for (const std::int64_t n : block) bits.put(static_cast<std::uint64_t>(n - least), frame.width);
  });
}

bool read_block(BitReader& bits, std::span<std::int64_t> block) {
  const auto least_width = static_cast<unsigned>(bits.get(7));
  if (least_width > 64) return false;
  const std::int64_t least = from_zigzag(bits.get(least_width));
  const auto width = static_cast<unsigned>(bits.get(6));
  for (std::int64_t& n : block) n = wrapping_add(least, static_cast<std::int64_t>(bits.get(width)));
  return bits.ok();
}

bool read_packed(std::string_view data, std::span<std::int64_t> out) {
  const auto index = static_cast<unsigned char>(data.empty() ? '\xFF' : data.front());
  if (index >= block_sizes.size()) return false;
  BitReader bits(data.substr(1));
  const std::size_t size = block_sizes[index];
  for (std::size_t begin = 0; begin < out.size(); begin += size)
    if (!read_block(bits, out.subspan(begin, std::min(size, out.size() - begin)))) return false;
  return bits.finished();
}

bool read_varints(std::string_view data, std::span<std::int64_t> out) {
  ByteReader in(data);
  for (std::int64_t& n : out) n = in.zigzag();
  return in.finished();
}

}  // namespace

std::size_t size_of_integers(Numbers numbers, ValueLayout layout) {
  if (layout == ValueLayout::packed)
    return numbers.empty() ? 1 : 1 + (best_blocks(numbers).bits + 7) / 8;
  std::size_t bytes = 0;
  for (const std::int64_t n : numbers)
    bytes += static_cast<std::size_t>(std::bit_width(to_zigzag(n) | 1) + 6) / 7;
  return bytes;
}

void put_integers(std::string& out, Numbers numbers, ValueLayout layout) {
  if (layout == ValueLayout::packed) return put_packed(out, numbers);
  for (const std::int64_t n : numbers) put_zigzag(out, n);
}

bool read_integers(std::string_view data, ValueLayout layout, std::span<std::int64_t> out) {
  return layout == ValueLayout::packed ? read_packed(data, out) : read_varints(data, out);
}

}  // namespace sluice::storage
