// How far a variable of a known type reaches at the front of some text. Pure scanning, no
// allocation. All return the matched length, 0 for no match; a match never ends inside a word.
#pragma once

#include <cstddef>
#include <string_view>

#include "rules/line_template.h"

namespace sluice::rules {

// Letters, digits, '_' and all bytes of multi-byte UTF-8.
bool is_word_byte(char c);

struct TokenMatch {
  std::size_t length = 0;
  SlotType type = SlotType::word;
};

// The variable at the front of `text`, which begins a word. length 0: the word is static.
TokenMatch match_variable(std::string_view text);
// The plain word at the front.
std::size_t word_length(std::string_view text);

}  // namespace sluice::rules
