// AddressRange: what ip("...") names in LogQL: one IP address, a range "a-b" or a CIDR block, IPv4
// or IPv6. Texts are searched for addresses as Loki does it: whatever looks like the beginning of
// an address is read as far as its characters go and parsed as a whole (RFC 4291 for IPv6).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/types/result.h"

namespace sluice::query {

class AddressRange {
 public:
  // "192.168.4.5", "10.0.0.1-10.0.0.9", "192.168.4.0/24", "2001:db8::/32".
  static Result<AddressRange> parse(std::string text);

  // Whether the text holds an address of the range.
  bool found_in(std::string_view text) const;
  // What every text that holds one must hold too: the octets all of them share ("10.1."), or "".
  // IPv6 addresses can be written in several ways and have none.
  std::string common_text() const;
  const std::string& text() const { return text_; }

 private:
  // Big-endian; IPv4 in the first four bytes.
  using Bytes = std::array<std::uint8_t, 16>;
  struct Address {
    bool v6 = false;
    Bytes bytes{};
  };
  static bool read_address(std::string_view text, Address& out);
  static bool set_block(AddressRange& range, Address first, std::string_view bits);
  bool contains(const Address& address) const;

  std::string text_;
  bool v6_ = false;
  Bytes first_{};
  Bytes last_{};
};

}  // namespace sluice::query
