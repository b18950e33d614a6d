// FuzzInput: the bytes of one fuzz case, taken from the front.
//
// The first bytes choose the configuration, what is left is the text to decode. Everything is
// defined for every input: past the end, numbers are 0 and texts are empty.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace sluice::fuzz {

class FuzzInput {
 public:
  FuzzInput(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  std::uint8_t byte() { return static_cast<std::uint8_t>(take(1).empty() ? 0 : taken_[0]); }
  bool flag() { return (byte() & 1) != 0; }
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : byte() % limit; }
  std::string_view take(std::size_t n) {
    taken_ = rest_.substr(0, n);
    rest_.remove_prefix(taken_.size());
    return taken_;
  }
  // Up to the next newline, which is consumed.
  std::string_view line() {
    const std::string_view text = take(rest_.find('\n'));
    take(1);
    return text;
  }
  std::string_view rest() { return take(rest_.size()); }

 private:
  std::string_view rest_;
  std::string_view taken_;
};

// A property that must hold for every input. On in every build: a broken one stops the fuzzer.
inline void require(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "property does not hold: %s\n", property);
  std::abort();
}

}  // namespace sluice::fuzz
