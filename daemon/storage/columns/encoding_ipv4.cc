// IPv4 addresses in dotted decimals.
#include "daemon/storage/columns/form_codec.h"

namespace sluice::storage {

namespace {

// Takes a canonical number up to 255 from the front; 256: there is none.
unsigned take_octet(std::string_view& text) {
  constexpr unsigned none = 256;
  unsigned n = 0;
  std::size_t digits = 0;
  while (digits < text.size() && digits < 3 && is_digit(text[digits]))
    n = 10 * n + static_cast<unsigned>(text[digits++] - '0');
  if (digits == 0 || n > 255 || (text[0] == '0' && digits > 1)) return none;
  text.remove_prefix(digits);
  return n;
}

char* put_octet(unsigned n, char* out) {
  if (n >= 100) *out++ = static_cast<char>('0' + n / 100);
  if (n >= 10) *out++ = static_cast<char>('0' + n / 10 % 10);
  *out++ = static_cast<char>('0' + n % 10);
  return out;
}

}  // namespace

char* render_ipv4(std::int64_t n, char* out) {
  const auto bits = static_cast<std::uint32_t>(n);
  for (unsigned shift = 24; shift > 0; shift -= 8) {
    out = put_octet(bits >> shift & 255U, out);
    *out++ = '.';
  }
  return put_octet(bits & 255U, out);
}

std::size_t ipv4_length(std::int64_t n) {
  std::size_t length = 7;
  for (auto bits = static_cast<std::uint32_t>(n); bits != 0; bits >>= 8) {
    const std::uint32_t octet = bits & 255U;
    length += (octet >= 10 ? 1U : 0U) + (octet >= 100 ? 1U : 0U);
  }
  return length;
}

std::optional<std::int64_t> parse_ipv4(std::string_view text) {
  std::int64_t address = 0;
  for (int i = 0; i < 4; ++i) {
    if (i > 0) {
      if (text.empty() || text[0] != '.') return std::nullopt;
      text.remove_prefix(1);
    }
    const unsigned octet = take_octet(text);
    if (octet > 255) return std::nullopt;
    address = address << 8 | octet;
  }
  if (!text.empty()) return std::nullopt;
  return address;
}

}  // namespace sluice::storage
