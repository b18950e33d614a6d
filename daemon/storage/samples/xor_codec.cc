#include "daemon/storage/samples/xor_codec.h"

#include <bit>

#include "base/types/assert.h"
#include "daemon/storage/samples/bit_stream.h"

namespace sluice::storage {

namespace {

constexpr unsigned leading_max = 31;  // five bits

// The window of meaningful bits that the last XOR with a control of 11 set.
struct Window {
  unsigned leading = 0;
  unsigned length = 0;  // 0: none yet
};

void put_xor(BitWriter& out, Window& window, std::uint64_t x) {
  if (x == 0) return out.put(0, 1);
  unsigned leading = static_cast<unsigned>(std::countl_zero(x));
  if (leading > leading_max) leading = leading_max;
  const auto trailing = static_cast<unsigned>(std::countr_zero(x));
  const unsigned end = window.leading + window.length;
  if (window.length > 0 && leading >= window.leading && 64 - trailing <= end) {
    out.put(0b10, 2);
    return out.put(x >> (64 - end), window.length);
  }
  window = {leading, 64 - leading - trailing};
  out.put(0b11, 2);
  out.put(window.leading, 5);
  out.put(window.length - 1, 6);
  out.put(x >> trailing, window.length);
}

// False: the stream says what no writer says.
bool get_xor(BitReader& in, Window& window, std::uint64_t& x) {
  x = 0;
  if (!in.bit()) return true;
  if (in.bit()) {
    window.leading = static_cast<unsigned>(in.get(5));
    window.length = static_cast<unsigned>(in.get(6)) + 1;
  }
  if (window.length == 0 || window.leading + window.length > 64) return false;
  x = in.get(window.length) << (64 - window.leading - window.length);
  return true;
}

}  // namespace

void put_xored(std::string& out, std::span<const Sample> samples) {
  SLUICE_ASSERT(!samples.empty());
  BitWriter bits(out);
  auto value = std::bit_cast<std::uint64_t>(samples.front().value);
  bits.put(value, 64);
  Window window;
  for (const Sample& sample : samples.subspan(1)) {
    const auto next = std::bit_cast<std::uint64_t>(sample.value);
    put_xor(bits, window, value ^ next);
    value = next;
  }
}

bool read_xored(std::string_view payload, std::span<Sample> out) {
  if (out.empty()) return false;
  BitReader bits(payload);
  std::uint64_t value = bits.get(64);
  out.front().value = std::bit_cast<double>(value);
  Window window;
  for (Sample& sample : out.subspan(1)) {
    std::uint64_t x = 0;
    if (!get_xor(bits, window, x) || !bits.ok()) return false;
    value ^= x;
    sample.value = std::bit_cast<double>(value);
  }
  return bits.finished();
}

}  // namespace sluice::storage
