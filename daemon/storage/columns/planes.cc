#include "daemon/storage/columns/planes.h"

namespace sluice::storage {

namespace {

template <unsigned width, typename Number>
void read_whole(const unsigned char* in, std::span<Number> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::uint64_t n = 0;
    for (unsigned b = 0; b < width; ++b)
      n |= static_cast<std::uint64_t>(in[b * out.size() + i]) << (8 * b);
    out[i] = static_cast<Number>(n);
  }
}

// The plane that holds `top` bits of each number, from bit `shift` on.
template <unsigned top, typename Number>
void add_packed(const unsigned char* in, unsigned shift, std::span<Number> out) {
  constexpr unsigned per_byte = 8 / top;
  constexpr unsigned mask = (1U << top) - 1;
  const std::size_t whole = out.size() / per_byte * per_byte;
  const auto add = [&](std::size_t i, unsigned high) {
    out[i] = static_cast<Number>(out[i] | static_cast<Number>(std::uint64_t{high} << shift));
  };
  for (std::size_t i = 0; i < whole; i += per_byte) {
    const unsigned byte = in[i / per_byte];
    for (unsigned k = 0; k < per_byte; ++k) add(i + k, byte >> (k * top) & mask);
  }
  for (std::size_t i = whole; i < out.size(); ++i)
    add(i, in[i / per_byte] >> (i % per_byte * top) & mask);
}

template <typename Number>
bool read_planes(ByteReader& in, std::span<Number> out) {
  const std::string_view head = in.bytes(1);
  const unsigned bits = in.ok() ? static_cast<unsigned char>(head[0]) : 0;
  if (!in.ok() || !valid_plane_bits(bits) || bits > 8 * sizeof(Number)) return false;
  const std::string_view data = in.bytes(planes_size(bits, out.size()));
  if (!in.ok()) return false;
  const auto* bytes = reinterpret_cast<const unsigned char*>(data.data());
  const unsigned whole = bits / 8;
  with_width(whole, [&](auto width) { read_whole<width>(bytes, out); });
  const unsigned char* packed = bytes + whole * out.size();
  switch (bits % 8) {
    case 1: add_packed<1>(packed, 8 * whole, out); break;
    case 2: add_packed<2>(packed, 8 * whole, out); break;
    case 4: add_packed<4>(packed, 8 * whole, out); break;
    default: break;
  }
  return true;
}

}  // namespace

bool get_planes(ByteReader& in, std::span<std::int64_t> out) {
  return read_planes(in, out);
}

bool get_planes(ByteReader& in, std::span<std::uint16_t> out) {
  return read_planes(in, out);
}

bool get_planes(ByteReader& in, std::span<std::uint32_t> out) {
  return read_planes(in, out);
}

}  // namespace sluice::storage
