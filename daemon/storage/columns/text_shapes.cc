#include "daemon/storage/columns/text_shapes.h"

#include "daemon/storage/columns/byte_class.h"

namespace sluice::storage {

std::size_t TextShapes::timestamp(std::size_t begin, std::size_t end) const {
  if (end - begin == 4) return date_time(begin);
  if (end - begin != 2) return 0;
  switch (at(end)) {
    case ':': {
      const std::size_t time = clock(begin);
      return time != 0 && boundary(time) ? time : 0;
    }
    case '/': {
      const std::size_t time = short_date_time(begin);
      return time != 0 ? time : named_month(begin);
    }
    case '-':
    case ' ': return named_month(begin);
    default: return 0;
  }
}

std::size_t TextShapes::uuid(std::size_t begin) const {
  constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (at(begin + 8) != '-' || at(begin + 23) != '-') return 0;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const char c = at(begin + i);
    if (shape[i] == '-' ? c != '-' : !in_class(c, hex_byte)) return 0;
  }
  return boundary(begin + shape.size()) ? begin + shape.size() : 0;
}

// MAC and IPv6 addresses: runs of hex digits and colons. Their first group may be without digits,
// so this looks in both directions.
SlotRange TextShapes::colons(std::size_t begin, std::size_t end) const {
  constexpr std::size_t longest = 39;
  const auto part = [&](std::size_t place) {
    return in_class(at(place), hex_byte) || at(place) == ':';
  };
  while (begin > from && end - begin <= longest && part(begin - 1)) --begin;
  while (end - begin <= longest && part(end)) ++end;
  if (end > begin + 1 && line[end - 1] == ':' && line[end - 2] != ':') --end;
  if (end - begin > longest || !boundary(end) || (begin > 0 && !boundary(begin - 1))) return {};
  std::size_t groups = 0;
  std::size_t gaps = 0;    // "::"
  std::size_t widest = 0;  // digits in a group
  bool pairs = true;
  for (std::size_t i = begin; i < end; ++groups) {
    std::size_t width = 0;
    while (i + width < end && line[i + width] != ':') ++width;
    if (width == 0 && i > begin) ++gaps;
    widest = width > widest ? width : widest;
    pairs = pairs && width == 2;
    i += width + 1;
  }
  const bool mac = pairs && groups == 6;
  const bool whole = widest <= 4 && groups == 8 && gaps == 0;
  const bool shortened = widest <= 4 && groups <= 8 && gaps == 1 && line[begin] != ':';
  return mac || whole || shortened ? range(begin, end) : SlotRange{};
}

// Decimals, IPv4 addresses, versions, 1.5e-05: numbers with points between, a unit behind the last.
std::size_t TextShapes::number(std::size_t begin, std::size_t end) const {
  while (at(end) == '.' && digit(end + 1)) end = bits.token_end(end + 1);
  if ((at(end) == '-' || at(end) == '+') && (line[end - 1] | 0x20) == 'e' && digit(begin) &&
      digit(end - 2) && digit(end + 1))
    end = bits.token_end(end + 1);
  return end;
}

// A minus before a number belongs to it, also that of an identifier like "blk_-17".
std::size_t TextShapes::sign(std::size_t begin) const {
  if (begin <= from || line[begin - 1] != '-' || !digit(begin)) return begin;
  if (begin == 1) return 0;
  const char before = line[begin - 2];
  if (before == '_' && begin - 2 >= from) return bits.token_begin(begin - 2);
  return in_class(before, token_byte) || before == '-' ? begin : begin - 1;
}

SlotRange TextShapes::around(std::size_t begin, std::size_t end) const {
  const std::size_t size = end - begin;
  const char after = at(end);
  if (digit(begin) && size <= 4 && after < '0') {
    if (const std::size_t time = timestamp(begin, end); time != 0) return range(begin, time);
    if (after == ' ' && size <= 2)
      if (const SlotRange time = syslog(begin, end); time.end != 0) return time;
  }
  if (after == ':' || (begin > from && line[begin - 1] == ':')) {
    if (size == 2 && digit(begin) && after == ':')
      if (const std::size_t time = timestamp(begin, end); time != 0) return range(begin, time);
    if (size <= 4)
      if (const SlotRange address = colons(begin, end); address.end != 0) return address;
  }
  if (size == 8 && after == '-')
    if (const std::size_t id = uuid(begin); id != 0) return range(begin, id);
  if (size == 4 && begin >= from + 9 && line[begin - 1] == '-' &&
      (begin == 9 || boundary(begin - 10)))
    if (const std::size_t id = uuid(begin - 9); id != 0) return range(begin - 9, id);
  return range(sign(begin), number(begin, end));
}

}  // namespace sluice::storage
