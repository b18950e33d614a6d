#include "query/ast/address_range.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/types/ascii.h"

namespace sluice::query {

namespace {

std::size_t span_end(std::string_view text, std::size_t begin, bool v6) {
  std::size_t end = begin;
  while (end < text.size() && (text[end] == '.' || (v6 ? is_hex_digit(text[end]) || text[end] == ':'
                                                       : is_digit(text[end]))))
    ++end;
  return end;
}

// One to three digits and a point.
bool begins_v4(std::string_view text) {
  std::size_t digits = 0;
  while (digits < 4 && digits < text.size() && is_digit(text[digits])) ++digits;
  return digits > 0 && digits < 4 && digits < text.size() && text[digits] == '.';
}

// Up to four hexadecimal digits and a colon, or two colons.
bool begins_v6(std::string_view text) {
  std::size_t digits = 0;
  while (digits < 5 && digits < text.size() && is_hex_digit(text[digits])) ++digits;
  if (digits == 0) return text.starts_with("::");
  return digits < 5 && digits < text.size() && text[digits] == ':';
}

// The point or colon that ends a sentence is not part of an address.
std::string_view without_punctuation(std::string_view text) {
  while (text.ends_with('.') || (text.ends_with(':') && !text.ends_with("::")))
    text.remove_suffix(1);
  return text;
}

Error bad_range(std::string_view text) {
  return invalid_argument("ip: invalid pattern \"" + std::string(text) +
                          "\"; an address (192.168.4.5), a range (10.0.0.1-10.0.0.9) or a block "
                          "(192.168.4.0/24, 2001:db8::/32) is needed");
}

}  // namespace

bool AddressRange::read_address(std::string_view text, Address& out) {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  if (text.empty() || text.size() >= buffer.size()) return false;
  std::copy(text.begin(), text.end(), buffer.begin());
  out = {text.find(':') != std::string_view::npos, {}};
  return inet_pton(out.v6 ? AF_INET6 : AF_INET, buffer.data(), out.bytes.data()) == 1;
}

bool AddressRange::set_block(AddressRange& range, Address first, std::string_view bits) {
  const int most = first.v6 ? 128 : 32;
  int fixed = 0;
  const auto [end, ec] = std::from_chars(bits.data(), bits.data() + bits.size(), fixed);
  if (ec != std::errc{} || end != bits.data() + bits.size() || fixed < 0 || fixed > most)
    return false;
  range.v6_ = first.v6;
  for (int i = 0; i < most / 8; ++i) {
    const int kept = std::clamp(fixed - 8 * i, 0, 8);
    const auto mask = static_cast<std::uint8_t>(0xFF00 >> kept);
    const auto at = static_cast<std::size_t>(i);
    range.first_[at] = first.bytes[at] & mask;
    range.last_[at] = static_cast<std::uint8_t>(first.bytes[at] | ~mask);
  }
  return true;
}

Result<AddressRange> AddressRange::parse(std::string text) {
  AddressRange range;
  const std::string_view all = text;
  const auto slash = all.find('/');
  const auto dash = all.find('-');
  Address first;
  Address last;
  bool good = read_address(all.substr(0, std::min(slash, dash)), first);
  if (good && slash != std::string_view::npos) {
    good = set_block(range, first, all.substr(slash + 1));
  } else if (good) {
    last = first;
    if (dash != std::string_view::npos) good = read_address(all.substr(dash + 1), last);
    good = good && first.v6 == last.v6 && first.bytes <= last.bytes;
    range.v6_ = first.v6;
    range.first_ = first.bytes;
    range.last_ = last.bytes;
  }
  if (!good) return bad_range(all);
  range.text_ = std::move(text);
  return range;
}

bool AddressRange::contains(const Address& address) const {
  return address.v6 == v6_ && first_ <= address.bytes && address.bytes <= last_;
}

bool AddressRange::found_in(std::string_view text) const {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto rest = text.substr(at);
    const bool v4 = begins_v4(rest) && (at == 0 || !is_digit(text[at - 1]));
    if (!v4 && !begins_v6(rest)) continue;
    const std::size_t end = span_end(text, at, !v4);
    Address address;
    if (read_address(without_punctuation(text.substr(at, end - at)), address) && contains(address))
      return true;
    at = end - 1;
  }
  return false;
}

std::string AddressRange::common_text() const {
  std::string out;
  if (v6_) return out;
  for (std::size_t i = 0; i < 4 && first_[i] == last_[i]; ++i)
    out += std::to_string(first_[i]) + (i < 3 ? "." : "");
  return out;
}

}  // namespace sluice::query
