// TextShapes: how far the things in a text line reach that are one value in spite of their
// punctuation: timestamps, addresses, UUIDs, decimals. Each function looks at one place of the line
// and gives [begin, end), or end 0 if its shape is not there. A shape ends where its token ends.
//
// Digits are not checked for range: "99:99:99" is a time of day here.
#pragma once

#include <cstddef>
#include <string_view>

#include "daemon/storage/columns/byte_class.h"
#include "daemon/storage/columns/line_bits.h"
#include "daemon/storage/columns/line_splitter.h"

namespace sluice::storage {

struct TextShapes {
  std::string_view line;
  const LineBits& bits;
  std::size_t from = 0;  // shapes begin here or later: the end of the last slot

  // The shape around the token at [begin, end), which holds a digit; the token itself if there is
  // no larger one.
  SlotRange around(std::size_t begin, std::size_t end) const;

 private:
  // The character at `at`; '\0' past the end.
  char at(std::size_t place) const { return place < line.size() ? line[place] : '\0'; }
  bool boundary(std::size_t place) const { return !in_class(at(place), token_byte); }
  bool digit(std::size_t place) const { return in_class(at(place), digit_byte); }

  // text_timestamps.cc: 0 if there is none.
  std::size_t fraction(std::size_t end) const;
  std::size_t zone(std::size_t end) const;
  std::size_t clock(std::size_t begin) const;
  std::size_t date_time(std::size_t begin) const;
  std::size_t short_date_time(std::size_t begin) const;
  std::size_t named_month(std::size_t begin) const;
  bool month(std::size_t place) const;
  bool weekday(std::size_t place) const;
  SlotRange syslog(std::size_t begin, std::size_t end) const;

  // text_shapes.cc
  std::size_t timestamp(std::size_t begin, std::size_t end) const;
  std::size_t uuid(std::size_t begin) const;
  SlotRange colons(std::size_t begin, std::size_t end) const;
  std::size_t number(std::size_t begin, std::size_t end) const;
  std::size_t sign(std::size_t begin) const;

  static SlotRange range(std::size_t begin, std::size_t end) {
    return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  }
};

}  // namespace sluice::storage
