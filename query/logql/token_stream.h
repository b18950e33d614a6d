// TokenStream: what the grammar reads from: one token of lookahead (or more, by peek), errors with
// a position, and the bounds that keep hostile input from exhausting the stack.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "query/ast/expr.h"
#include "query/logql/lexer.h"

namespace sluice::query::logql {

// Parentheses and the like may nest this deep, and one query may hold this many operators: trees
// are walked recursively.
inline constexpr int max_nesting = 100;
inline constexpr int max_operators = 1000;

// Reads an operand in PromQL. The engine supplies it: LogQL's folder knows nothing of PromQL's.
using ForeignParser = Result<ExprPtr> (*)(std::string_view text);

class TokenStream {
 public:
  // `foreign` may be null: then there are no foreign operands.
  static Result<TokenStream> open(std::string_view query, ForeignParser foreign);

  const Token& peek(std::size_t ahead = 0) const;
  const Token& next();  // at the end: the end token, again and again
  bool take(std::string_view symbol_or_word);
  bool at_end() const { return peek().kind == TokenKind::end; }

  // `after` completes the sentence: "expected ')' after the grouping labels".
  Result<void> expect(std::string_view symbol, std::string_view after);
  Result<std::string> expect_identifier(std::string_view what);
  Result<std::string> expect_string(std::string_view what);

  // unexpected <the next token>, expected <what>
  Error unexpected(std::string_view expected) const;
  Error error_here(const std::string& message) const { return error_at(peek().begin, message); }
  Error error_at(std::size_t offset, const std::string& message) const;
  // An error without position (of a regex, say) gets that of `token`.
  Error positioned(Error error, const Token& token) const;

  std::uint32_t begin() const { return peek().begin; }
  SourceSpan span_from(std::uint32_t begin) const;
  std::string_view query() const { return query_; }
  std::size_t position() const { return at_; }
  void seek(std::size_t position) { at_ = position; }

  bool has_foreign() const { return foreign_ != nullptr; }
  bool used_foreign() const { return used_foreign_; }
  Result<ExprPtr> foreign(SourceSpan span);  // parses that part of the query

  Result<void> enter();  // one level of nesting deeper
  void leave() { --depth_; }
  Result<void> count_operator();

 private:
  std::string_view query_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  ForeignParser foreign_ = nullptr;
  bool used_foreign_ = false;
  int depth_ = 0;
  int operators_ = 0;
};

}  // namespace sluice::query::logql
