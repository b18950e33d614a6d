#include "tests/fuzz/driver/mutator.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace sluice::fuzz {

namespace {

using namespace std::string_view_literals;

// What breaks decoders: boundary numbers, brackets, quotes, escapes, lengths, odd bytes.
constexpr std::array tokens = {
    "0"sv, "1"sv, "-1"sv, "255"sv, "65536"sv, "4294967296"sv, "9223372036854775807"sv,
    "18446744073709551615"sv, "18446744073709551616"sv, "1e309"sv, "NaN"sv, "+Inf"sv, "0x"sv,
    "."sv, ","sv, ";"sv, ":"sv, "="sv, "{"sv, "}"sv, "["sv, "]"sv, "("sv, ")"sv, "<"sv, "|"sv,
    "\""sv, "'"sv, "`"sv, "\\"sv, "\\u"sv, "\\x4"sv, "\n"sv, "\r\n"sv, "\t"sv, " "sv, "#"sv,
    "&a"sv, "*a"sv, "$"sv, "${"sv, "null"sv, "true"sv, "\0"sv, "\xff"sv, "\x80"sv, "\xc3"sv,
    "\xed\xa0\x80"sv, "\xff\xff\xff\xff"sv, "\xff\xff\xff\xff\xff\xff\xff\xff\x7f"sv,
    "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"sv, "\0\0\0\0"sv, "\0\0\0\x80"sv};

}  // namespace

Mutator::Mutator(std::uint64_t seed, std::vector<std::string> corpus)
    : random_(seed), corpus_(std::move(corpus)) {}

std::size_t Mutator::below(std::size_t limit) {
  return limit == 0 ? 0 : static_cast<std::size_t>(random_() % limit);
}

std::string Mutator::next() {
  std::string input = corpus_[below(corpus_.size())];
  for (std::size_t changes = below(5) + 1; changes > 0; --changes) change(input);
  if (input.size() > max_input_bytes) input.resize(max_input_bytes);
  return input;
}

void Mutator::change(std::string& input) {
  switch (below(8)) {
    case 0: return flip_bit(input);
    case 1: return set_byte(input);
    case 2: return erase_range(input);
    case 3: return repeat_range(input);
    case 4: return splice(input);
    case 5: return truncate(input);
    default: return insert_token(input);
  }
}

void Mutator::flip_bit(std::string& input) {
  if (input.empty()) return;
  char& byte = input[below(input.size())];
  byte = static_cast<char>(byte ^ (1 << below(8)));
}

void Mutator::set_byte(std::string& input) {
  if (!input.empty()) input[below(input.size())] = static_cast<char>(below(256));
}

void Mutator::insert_token(std::string& input) {
  input.insert(below(input.size() + 1), tokens[below(tokens.size())]);
}

void Mutator::erase_range(std::string& input) {
  const std::size_t at = below(input.size() + 1);
  input.erase(at, below(16) + 1);
}

void Mutator::repeat_range(std::string& input) {
  const std::size_t at = below(input.size() + 1);
  const std::string piece = input.substr(at, below(64) + 1);
  // Now and then often: depth and count limits are reached only that way.
  const std::size_t times = below(16) == 0 ? 500 : 1;
  for (std::size_t i = 0; i < times && input.size() < max_input_bytes; ++i) input.insert(at, piece);
}

void Mutator::splice(std::string& input) {
  const std::string& other = corpus_[below(corpus_.size())];
  input.resize(below(input.size() + 1));
  input += other.substr(below(other.size() + 1));
}

void Mutator::truncate(std::string& input) { input.resize(below(input.size() + 1)); }

}  // namespace sluice::fuzz
