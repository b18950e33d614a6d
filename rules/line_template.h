// LineTemplate: the deterministic split of a line into static text and typed variable slots.
//
//   "conn 17 from 10.0.0.8 closed after 1.5s"
//   "conn <int> from <ip> closed after <quantity>"   values: "17", "10.0.0.8", "1.5s"
//
// A word with a digit is a variable, as are long runs of hex digits; the rest is static. No
// learning, no state: equal lines give equal templates on every machine and version, which is what
// lets "never seen before" be verified by searching (template miners that cluster cannot promise
// it: their identities move as they generalise). render(split(line)) gives back the exact bytes.
// Identity ignores the slot types, because a random id is sometimes all digits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::rules {

enum class SlotType { integer, decimal, quantity, hex, uuid, ip, time, word, text };
std::string_view placeholder(SlotType type);  // "<int>"

struct LineTemplate {
  std::vector<std::string> statics;  // one more than slots; may be empty strings
  std::vector<SlotType> slots;

  std::uint64_t id() const;     // XXH3 over the statics and where the slots are
  std::string id_text() const;  // 16 hex digits
  std::string display() const;  // with placeholders
};

struct SplitLine {
  LineTemplate pattern;
  std::vector<std::string> values;  // one per slot
};

// Past these bounds the remainder of the line is one text slot.
inline constexpr std::size_t max_template_slots = 256;
inline constexpr std::size_t max_template_bytes = 64 << 10;

SplitLine split_line(std::string_view line);
std::string render(const LineTemplate& pattern, const std::vector<std::string>& values);

// Static fragments worth searching for, longest first, at most `count`. Only bytes that no log
// format escapes, so they stand in the raw line whether it is text, JSON or logfmt.
std::vector<std::string> search_literals(const LineTemplate& pattern, std::size_t count);

}  // namespace sluice::rules
