#include "daemon/storage/decimal_chunk.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>

#include "daemon/storage/bit_stream.h"
#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/sample_chunk.h"

namespace sluice::storage {

namespace {

constexpr std::array<double, 5> powers = {1, 10, 100, 1000, 10'000};
constexpr double integer_limit = 4503599627370496.0;  // 2^52: differences fit, too
constexpr std::size_t block_size = 32;

bool same_double(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

// The values times 10^exponent, if they are exactly that.
bool scale(std::span<const Sample> samples, double power, std::vector<std::int64_t>& integers) {
  integers.clear();
  for (const Sample& sample : samples) {
    const double scaled = sample.value * power;
    if (!(std::fabs(scaled) < integer_limit)) return false;
    const auto integer = std::llround(scaled);
    if (!same_double(static_cast<double>(integer) / power, sample.value)) return false;
    integers.push_back(integer);
  }
  return true;
}

std::uint64_t unit_of(const std::vector<std::int64_t>& integers) {
  std::int64_t unit = 0;
  for (std::size_t i = 1; i < integers.size(); ++i)
    unit = std::gcd(unit, integers[i] - integers[i - 1]);
  return unit == 0 ? 1 : static_cast<std::uint64_t>(unit);
}

unsigned width_of(std::uint64_t n) { return static_cast<unsigned>(std::bit_width(n)); }

void put_sized(BitWriter& out, std::uint64_t n) {
  const unsigned width = width_of(n);
  out.put(width, 7);
  out.put(n, width);
}

// At most 64 bits; false: the stream says more.
bool get_sized(BitReader& in, std::uint64_t& n) {
  const auto width = static_cast<unsigned>(in.get(7));
  n = width > 64 ? 0 : in.get(width);
  return width <= 64;
}

std::uint64_t folded(std::int64_t n) {
  return static_cast<std::uint64_t>(n) << 1 ^ static_cast<std::uint64_t>(n >> 63);
}
std::int64_t unfolded(std::uint64_t n) {
  return static_cast<std::int64_t>(n >> 1 ^ (~(n & 1) + 1));
}

// A block: its least step, the width of what is above it, and that for each step.
void put_block(BitWriter& out, std::span<const std::int64_t> steps) {
  const auto [least, most] = std::minmax_element(steps.begin(), steps.end());
  put_sized(out, folded(*least));
  const unsigned width = width_of(static_cast<std::uint64_t>(*most - *least));
  out.put(width, 6);
  for (const std::int64_t step : steps) out.put(static_cast<std::uint64_t>(step - *least), width);
}

bool get_block(BitReader& in, std::span<std::int64_t> steps) {
  std::uint64_t least = 0;
  if (!get_sized(in, least)) return false;
  const auto width = static_cast<unsigned>(in.get(6));
  for (std::int64_t& step : steps)
    step = wrapping_add(unfolded(least), static_cast<std::int64_t>(in.get(width)));
  return in.ok();
}

void put_steps(BitWriter& out, const std::vector<std::int64_t>& integers, std::uint64_t unit) {
  std::vector<std::int64_t> steps;
  for (std::size_t i = 1; i < integers.size(); ++i)
    steps.push_back((integers[i] - integers[i - 1]) / static_cast<std::int64_t>(unit));
  for (std::size_t begin = 0; begin < steps.size(); begin += block_size)
    put_block(out, std::span(steps).subspan(begin, std::min(block_size, steps.size() - begin)));
}

bool get_steps(BitReader& in, std::vector<std::int64_t>& steps) {
  for (std::size_t begin = 0; begin < steps.size(); begin += block_size)
    if (!get_block(in, std::span(steps).subspan(begin, std::min(block_size,
                                                                steps.size() - begin))))
      return false;
  return true;
}

Error bad_decimal() { return {ErrorCode::corrupt, "decimal chunk does not decode"}; }

}  // namespace

std::optional<std::string> encode_decimal_chunk(std::span<const Sample> samples) {
  std::vector<std::int64_t> integers;
  std::size_t exponent = 0;
  while (!scale(samples, powers[exponent], integers))
    if (++exponent == powers.size()) return std::nullopt;
  const std::uint64_t unit = unit_of(integers);
  std::string out;
  put_varint(out, samples.size());
  put_zigzag(out, samples.front().timestamp_ms);
  out += static_cast<char>(exponent);
  put_varint(out, unit);
  put_zigzag(out, integers.front());
  BitWriter bits(out);
  TimestampWriter times(samples.front().timestamp_ms);
  for (const Sample& sample : samples.subspan(1)) times.put(bits, sample.timestamp_ms);
  put_steps(bits, integers, unit);
  return out;
}

Result<std::vector<Sample>> decode_decimal_chunk(std::string_view payload) {
  ByteReader in(payload);
  const std::uint64_t count = in.varint();
  const std::int64_t first = in.zigzag();
  const std::string_view exponent = in.bytes(1);
  const auto unit = static_cast<std::int64_t>(in.varint());
  std::int64_t integer = in.zigzag();
  // Each sample after the first takes at least a bit.
  if (!in.ok() || count == 0 || count - 1 > in.left() * 8) return bad_decimal();
  const auto place = static_cast<unsigned char>(exponent.front());
  if (place >= powers.size()) return bad_decimal();
  BitReader bits(in.bytes(in.left()));
  std::vector<Sample> samples{{first, static_cast<double>(integer) / powers[place]}};
  samples.reserve(count);
  TimestampReader times(first);
  for (std::uint64_t i = 1; i < count; ++i) {
    std::int64_t time = 0;
    if (!times.get(bits, time)) return bad_decimal();
    samples.push_back({time, 0});
  }
  std::vector<std::int64_t> steps(count - 1);
  if (!get_steps(bits, steps) || !bits.ok() || !bits.finished()) return bad_decimal();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto step = static_cast<std::uint64_t>(steps[i]) * static_cast<std::uint64_t>(unit);
    integer = wrapping_add(integer, static_cast<std::int64_t>(step));
    samples[i + 1].value = static_cast<double>(integer) / powers[place];
  }
  return samples;
}

}  // namespace sluice::storage
