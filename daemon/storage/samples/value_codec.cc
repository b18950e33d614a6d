#include "daemon/storage/samples/value_codec.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <vector>

#include "base/types/assert.h"
#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/samples/decimal.h"
#include "daemon/storage/samples/integer_codec.h"
#include "daemon/storage/samples/xor_codec.h"

namespace sluice::storage {

namespace {

using Integers = std::vector<std::int64_t>;

bool all_equal(std::span<const Sample> samples) {
  return std::all_of(samples.begin(), samples.end(), [&](const Sample& sample) {
    return same_bits(sample.value, samples.front().value);
  });
}

// The least exponent at which all values are whole; false: there is none.
bool to_integers(std::span<const Sample> samples, unsigned& exponent, Integers& integers) {
  integers.resize(samples.size());
  exponent = 0;
  for (std::size_t i = 0; i < samples.size();) {
    if (to_decimal(samples[i].value, exponent, integers[i])) {
      ++i;
      continue;
    }
    if (++exponent == decimal_powers.size()) return false;
    i = 0;
  }
  return true;
}

// What all numbers are divided by.
std::int64_t take_unit(Integers& numbers) {
  std::int64_t unit = 0;
  for (const std::int64_t n : numbers) {
    unit = std::gcd(unit, n);
    if (unit == 1) return 1;
  }
  if (unit <= 1) return 1;
  for (std::int64_t& n : numbers) n /= unit;
  return unit;
}

Integers steps_of(const Integers& values) {
  Integers steps;
  steps.reserve(values.size());
  for (std::size_t i = 1; i < values.size(); ++i) steps.push_back(values[i] - values[i - 1]);
  return steps;
}

void put_decimal(std::string& out, unsigned exponent, std::int64_t base, std::int64_t unit,
                 const Integers& numbers, ValueLayout layout) {
  out += static_cast<char>(exponent);
  put_zigzag(out, base);
  put_varint(out, static_cast<std::uint64_t>(unit));
  put_integers(out, numbers, layout);
}

ValueKind put_decimals(std::string& out, unsigned exponent, Integers values, ValueLayout layout) {
  Integers steps = steps_of(values);
  const std::int64_t first = values.front();
  const std::int64_t step_unit = take_unit(steps);
  const std::int64_t least = *std::min_element(values.begin(), values.end());
  for (std::int64_t& n : values) n -= least;
  const std::int64_t unit = take_unit(values);
  if (size_of_integers(steps, layout) <= size_of_integers(values, layout)) {
    put_decimal(out, exponent, first, step_unit, steps, layout);
    return ValueKind::steps;
  }
  put_decimal(out, exponent, least, unit, values, layout);
  return ValueKind::distances;
}

// Byte by byte of the XORs, so that zstd sees equal exponents and trailing zeros as runs.
void put_planes(std::string& out, std::span<const Sample> samples) {
  for (unsigned shift = 0; shift < 64; shift += 8) {
    std::uint64_t before = 0;
    for (const Sample& sample : samples) {
      out += static_cast<char>((bits_of(sample.value) ^ before) >> shift);
      before = bits_of(sample.value);
    }
  }
}

bool read_planes(std::string_view payload, std::span<Sample> out) {
  if (payload.size() != out.size() * 8) return false;
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::uint64_t x = 0;
    for (std::size_t plane = 0; plane < 8; ++plane)
      x |= std::uint64_t{static_cast<unsigned char>(payload[plane * out.size() + i])}
           << (8 * plane);
    before ^= x;
    out[i].value = std::bit_cast<double>(before);
  }
  return true;
}

bool read_constant(std::string_view payload, std::span<Sample> out) {
  ByteReader in(payload);
  const double value = std::bit_cast<double>(in.fixed64());
  for (Sample& sample : out) sample.value = value;
  return in.finished();
}

bool read_decimals(ValueKind kind, ValueLayout layout, std::string_view payload,
                   std::span<Sample> out) {
  ByteReader in(payload);
  const std::string_view exponent = in.bytes(1);
  std::int64_t base = in.zigzag();
  const std::uint64_t unit = in.varint();
  if (!in.ok() || static_cast<unsigned char>(exponent.front()) >= decimal_powers.size())
    return false;
  const auto place = static_cast<unsigned char>(exponent.front());
  const bool steps = kind == ValueKind::steps;
  Integers numbers(steps ? out.size() - 1 : out.size());
  if (!read_integers(in.bytes(in.left()), layout, numbers)) return false;
  if (steps) out[0].value = from_decimal(base, place);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto scaled = static_cast<std::int64_t>(static_cast<std::uint64_t>(numbers[i]) * unit);
    const std::int64_t n = wrapping_add(base, scaled);
    if (steps) base = n;
    out[steps ? i + 1 : i].value = from_decimal(n, place);
  }
  return true;
}

}  // namespace

ValueKind put_values(std::string& out, std::span<const Sample> samples, ValueLayout layout) {
  SLUICE_ASSERT(!samples.empty());
  if (all_equal(samples)) {
    put_fixed64(out, bits_of(samples.front().value));
    return ValueKind::constant;
  }
  unsigned exponent = 0;
  if (Integers integers; to_integers(samples, exponent, integers))
    return put_decimals(out, exponent, std::move(integers), layout);
  if (layout == ValueLayout::packed)
    put_xored(out, samples);
  else
    put_planes(out, samples);
  return ValueKind::xored;
}

bool read_values(ValueKind kind, ValueLayout layout, std::string_view payload,
                 std::span<Sample> out) {
  switch (kind) {
    case ValueKind::constant: return read_constant(payload, out);
    case ValueKind::steps:
    case ValueKind::distances: return read_decimals(kind, layout, payload, out);
    case ValueKind::xored:
      return layout == ValueLayout::packed ? read_xored(payload, out) : read_planes(payload, out);
    case ValueKind::histograms: return false;
  }
  return false;
}

}  // namespace sluice::storage
