// Timestamps in text lines. Where the digits are is one comparison of bits; the rest is separators.
#include "daemon/storage/columns/piece_bytes.h"
#include "daemon/storage/columns/text_shapes.h"

namespace sluice::storage {

namespace {

// Bit i: a digit at place i.
constexpr std::uint64_t digits_as(std::string_view shape) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (shape[i] == '0') bits |= std::uint64_t{1} << i;
  return bits;
}

// Do `digits` begin with exactly the digits of `shape`?
template <std::size_t N>
bool begins(std::uint64_t digits, const char (&shape)[N]) {
  constexpr std::uint64_t mask = (std::uint64_t{1} << (N - 1)) - 1;
  return (digits & mask) == digits_as({shape, N - 1});
}

constexpr std::uint32_t three(const char* name) {
  return static_cast<std::uint32_t>(static_cast<unsigned char>(name[0])) |
         static_cast<std::uint32_t>(static_cast<unsigned char>(name[1])) << 8 |
         static_cast<std::uint32_t>(static_cast<unsigned char>(name[2])) << 16;
}

}  // namespace

// Behind the seconds: .1 to .123456789, and with a comma only whole thousandths.
std::size_t TextShapes::fraction(std::size_t end) const {
  const char point = at(end);
  if ((point != '.' && point != ',') || !digit(end + 1)) return end;
  const auto width = static_cast<std::size_t>(std::countr_one(bits.digits(end + 1)));
  const bool fits = point == '.' ? width <= 9 : width == 3 || width == 6 || width == 9;
  const std::size_t after = end + 1 + width;
  return fits && (boundary(after) || at(after) == 'Z') ? after : end;
}

// Z, +01:00, +0100, " +0100".
std::size_t TextShapes::zone(std::size_t end) const {
  if (at(end) == 'Z' && boundary(end + 1)) return end + 1;
  const std::size_t sign_at = at(end) == ' ' ? end + 1 : end;
  if (at(sign_at) != '+' && at(sign_at) != '-') return end;
  const std::uint64_t digits = bits.digits(sign_at + 1);
  if (begins(digits, "0000") && boundary(sign_at + 5)) return sign_at + 5;
  if (sign_at == end && begins(digits, "00:00") && at(end + 3) == ':' && boundary(end + 6))
    return end + 6;
  return end;
}

// HH:MM:SS, with a fraction or not.
std::size_t TextShapes::clock(std::size_t begin) const {
  if (!begins(bits.digits(begin), "00:00:00")) return 0;
  if (at(begin + 2) != ':' || at(begin + 5) != ':') return 0;
  return fraction(begin + 8);
}

// 2026-11-27T00:49:05.123Z and its kin, or the date alone.
std::size_t TextShapes::date_time(std::size_t begin) const {
  if (!begins(bits.digits(begin), "0000-00-00")) return 0;
  const char separator = at(begin + 4);
  if (separator != at(begin + 7) || (separator != '-' && separator != '/' && separator != '.'))
    return 0;
  const char between = at(begin + 10);
  if (between == 'T' || between == ' ' || between == '_') {
    const std::size_t time = clock(begin + 11);
    const std::size_t end = time == 0 ? 0 : zone(time);
    if (end != 0 && boundary(end)) return end;
  }
  return boundary(begin + 10) ? begin + 10 : 0;
}

// 17/06/09 20:10:40, 27/11/2026 00:49:05
std::size_t TextShapes::short_date_time(std::size_t begin) const {
  const std::uint64_t digits = bits.digits(begin);
  if (at(begin + 2) != '/' || at(begin + 5) != '/') return 0;
  const std::size_t date = begins(digits, "00/00/00 ") ? 8 : begins(digits, "00/00/0000 ") ? 10 : 0;
  if (date == 0 || at(begin + date) != ' ') return 0;
  const std::size_t end = clock(begin + date + 1);
  return end != 0 && boundary(end) ? end : 0;
}

// 07/Nov/2026:00:49:05 +0000, 07-Nov-2026 00:49:05, 07 Nov 2026 00:49:05
std::size_t TextShapes::named_month(std::size_t begin) const {
  if (!month(begin + 3) || !begins(bits.digits(begin), "00/aaa/0000:00")) return 0;
  if (at(begin + 2) != at(begin + 6)) return 0;
  const char between = at(begin + 11);
  if (between != ':' && between != ' ') return 0;
  const std::size_t time = clock(begin + 12);
  const std::size_t end = time == 0 ? 0 : zone(time);
  return end != 0 && boundary(end) ? end : 0;
}

bool TextShapes::month(std::size_t place) const {
  if (place + 4 > line.size()) return false;
  switch (load_four(line.data() + place) & 0xFFFFFF) {
    case three("Jan"):
    case three("Feb"):
    case three("Mar"):
    case three("Apr"):
    case three("May"):
    case three("Jun"):
    case three("Jul"):
    case three("Aug"):
    case three("Sep"):
    case three("Oct"):
    case three("Nov"):
    case three("Dec"): return true;
    default: return false;
  }
}

bool TextShapes::weekday(std::size_t place) const {
  if (place + 4 > line.size()) return false;
  switch (load_four(line.data() + place) & 0xFFFFFF) {
    case three("Mon"):
    case three("Tue"):
    case three("Wed"):
    case three("Thu"):
    case three("Fri"):
    case three("Sat"):
    case three("Sun"): return true;
    default: return false;
  }
}

// Around the day of the month: "Nov  7 00:49:05", "Sun Dec 04 04:47:44 2005".
SlotRange TextShapes::syslog(std::size_t begin, std::size_t end) const {
  std::size_t stop = clock(end + 1);
  if (stop == 0 || !boundary(stop)) return {};
  // A day of one digit is padded by a space, or not.
  const std::size_t padding =
      end - begin == 1 && begin > 0 && at(begin - 1) == ' ' && begin > 1 && at(begin - 2) == ' '
          ? 2
          : 1;
  if (begin < from + 3 + padding || at(begin - 1) != ' ') return {};
  std::size_t start = begin - padding - 3;
  if (!month(start) || (start > 0 && !boundary(start - 1))) return {};
  if (start >= from + 4 && at(start - 1) == ' ' && weekday(start - 4) &&
      (start == 4 || boundary(start - 5)))
    start -= 4;
  if (at(stop) == ' ' && begins(bits.digits(stop + 1), "0000") && boundary(stop + 5)) stop += 5;
  return range(start, stop);
}

}  // namespace sluice::storage
