// The words of LogQL.
//
// Keywords are contextual (a label may be called `sum` or `duration`), so the lexer knows none: it
// tells identifiers, strings, numbers, durations, byte sizes and symbols apart and leaves meaning
// to the parser. Keywords may be written in capitals, too; labels are told apart by case. A numeric
// word is tried as a float, then a duration, then a byte size.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"
#include "base/types/time.h"

namespace sluice::query::logql {

// Longer texts are generated, not written; Loki draws the line at the same place.
inline constexpr std::size_t max_query_bytes = 131'072;

enum class TokenKind { end, identifier, string, number, duration, bytes, flag, symbol };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string_view text;  // as written; a view of the query
  std::string string;     // the value of a string, unquoted; of a word with capitals: without them
  double number = 0;      // the value of a number; bytes of a byte size
  Duration duration{0};
  std::uint32_t begin = 0;  // byte offset in the query

  // An identifier as a keyword.
  std::string_view word() const { return string.empty() ? text : std::string_view(string); }
  bool is(std::string_view symbol_or_word) const {
    return (kind == TokenKind::symbol && text == symbol_or_word) ||
           (kind == TokenKind::identifier && word() == symbol_or_word);
  }
};

// "parse error at line L, col C: message": lines and columns count from 1, columns in bytes.
Error parse_error(std::string_view query, std::size_t offset, const std::string& message);

// All tokens, an `end` token last. Comments (# to the end of the line) and white space are gone.
Result<std::vector<Token>> tokenize(std::string_view query);

}  // namespace sluice::query::logql
