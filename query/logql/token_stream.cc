#include "query/logql/token_stream.h"

#include <algorithm>

namespace sluice::query::logql {

namespace {

std::string describe(const Token& token) {
  const std::string text(token.text);
  switch (token.kind) {
    case TokenKind::end: return "end of query";
    case TokenKind::identifier: return "identifier \"" + text + "\"";
    case TokenKind::string: return "string " + text;
    case TokenKind::number: return "number " + text;
    case TokenKind::duration: return "duration " + text;
    case TokenKind::bytes: return "byte size " + text;
    case TokenKind::flag: return "flag " + text;
    case TokenKind::symbol: return "\"" + text + "\"";
  }
  return text;
}

}  // namespace

Result<TokenStream> TokenStream::open(std::string_view query, ForeignParser foreign) {
  TokenStream stream;
  stream.foreign_ = foreign;
  stream.query_ = query;
  SLUICE_TRY(stream.tokens_, tokenize(query));
  return stream;
}

const Token& TokenStream::peek(std::size_t ahead) const {
  return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

const Token& TokenStream::next() {
  const Token& token = peek();
  if (at_ + 1 < tokens_.size()) ++at_;
  return token;
}

bool TokenStream::take(std::string_view symbol_or_word) {
  if (!peek().is(symbol_or_word)) return false;
  next();
  return true;
}

Result<void> TokenStream::expect(std::string_view symbol, std::string_view after) {
  if (take(symbol)) return {};
  return unexpected("\"" + std::string(symbol) + "\" after " + std::string(after));
}

Result<std::string> TokenStream::expect_identifier(std::string_view what) {
  if (peek().kind != TokenKind::identifier) return unexpected(what);
  return std::string(next().text);
}

Result<std::string> TokenStream::expect_string(std::string_view what) {
  if (peek().kind != TokenKind::string) return unexpected(what);
  return next().string;
}

Error TokenStream::unexpected(std::string_view expected) const {
  return error_here("unexpected " + describe(peek()) + ", expected " + std::string(expected));
}

Error TokenStream::error_at(std::size_t offset, const std::string& message) const {
  return parse_error(query_, offset, message);
}

Error TokenStream::positioned(Error error, const Token& token) const {
  return error_at(token.begin, error.message);
}

SourceSpan TokenStream::span_from(std::uint32_t begin) const {
  const Token& last = tokens_[at_ == 0 ? 0 : at_ - 1];
  return {begin, last.begin + static_cast<std::uint32_t>(last.text.size())};
}

Result<ExprPtr> TokenStream::foreign(SourceSpan span) {
  used_foreign_ = true;
  return foreign_(query_.substr(span.begin, span.end - span.begin));
}

Result<void> TokenStream::enter() {
  if (++depth_ > max_nesting)
    return error_here("nested more than " + std::to_string(max_nesting) + " levels deep");
  return {};
}

Result<void> TokenStream::count_operator() {
  if (++operators_ > max_operators)
    return error_here("more than " + std::to_string(max_operators) + " operators in one query");
  return {};
}

}  // namespace sluice::query::logql
