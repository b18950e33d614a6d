// Lexer of PromQL: text to tokens, all at once.
//
// Braces and brackets change what characters mean (inside braces only matchers, inside brackets
// durations and colons), so the lexer follows them. A character that fits nowhere becomes an error
// token carrying its message; the parser reports it when it gets there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/ascii.h"  // lower_case, which parsers compare words by

namespace sluice::query::promql {

enum class TokenKind {
  end,
  error,              // message in `text`
  identifier,         // [a-zA-Z_][a-zA-Z0-9_]*, keywords included
  metric_identifier,  // the same with colons
  number,
  duration,
  string,             // still quoted
  punctuation,        // ( ) { } [ ] , : @ and operators
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  bool is(std::string_view punctuation) const {
    return kind == TokenKind::punctuation && text == punctuation;
  }
  // Keywords are read without regard to case.
  bool is_word(std::string_view keyword) const;
  // As it stands in messages: identifier "foo", <op:+>, end of input.
  std::string describe() const;
};

std::vector<Token> tokenize(std::string_view text);

// Words with a meaning of their own somewhere in the grammar; in lower case.
bool is_keyword(std::string_view word);

}  // namespace sluice::query::promql
