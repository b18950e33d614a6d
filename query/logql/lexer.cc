#include "query/logql/lexer.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/types/ascii.h"
#include "base/types/labels.h"
#include "query/logql/units.h"

namespace sluice::query::logql {

namespace {

// Longer symbols first, so that "!=" is not read as "!" and "=".
constexpr std::array<std::string_view, 29> symbols = {
    "|=", "|~", "|>", "!=", "!~", "!>", "=~", "==", ">=", "<=", "{", "}", "(", ")", "[",
    "]",  ",",  "=",  ">",  "<",  "|",  "+",  "-",  "*",  "/",  "%", "^", "@", ":"};

bool word_start(char c) {
  return is_ascii_letter(c) || c == '_';
}
bool word_char(char c) {
  return word_start(c) || is_digit(c);
}
bool space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

class Lexer {
 public:
  explicit Lexer(std::string_view query) : query_(query) {}

  Result<std::vector<Token>> run() {
    std::vector<Token> tokens;
    for (skip_blank(); at_ < query_.size(); skip_blank()) {
      SLUICE_TRY(auto token, next(tokens));
      tokens.push_back(std::move(token));
    }
    tokens.push_back(token_to(at_, TokenKind::end));
    return tokens;
  }

 private:
  std::string_view rest() const { return query_.substr(at_); }

  void skip_blank() {
    while (at_ < query_.size()) {
      if (query_[at_] == '#')
        at_ = std::min(query_.find('\n', at_), query_.size());
      else if (space(query_[at_]))
        ++at_;
      else
        return;
    }
  }

  // The token from here to `end`, which becomes the position.
  Token token_to(std::size_t end, TokenKind kind) {
    Token token;
    token.kind = kind;
    token.begin = static_cast<std::uint32_t>(at_);
    token.text = query_.substr(at_, end - at_);
    at_ = end;
    return token;
  }

  Result<Token> next(const std::vector<Token>& before) {
    const char c = query_[at_];
    if (c == '"' || c == '`') return string();
    if (is_digit(c) || (c == '.' && at_ + 1 < query_.size() && is_digit(query_[at_ + 1])))
      return numeric();
    if (word_start(c)) return word();
    if (rest().starts_with("--") && flags_may_follow(before)) return flag();
    for (const auto symbol : symbols)
      if (rest().starts_with(symbol)) return token_to(at_ + symbol.size(), TokenKind::symbol);
    return parse_error(query_, at_, "unexpected character " + shown_character() + character_hint());
  }

  // The whole of it: the query is valid UTF-8.
  std::string shown_character() const {
    std::size_t end = at_ + 1;
    while (end < query_.size() && (static_cast<unsigned char>(query_[end]) & 0xC0) == 0x80) ++end;
    return "'" + std::string(query_.substr(at_, end - at_)) + "'";
  }
  std::string character_hint() const {
    for (const auto quote : {"'", "\u2018", "\u2019", "\u201C", "\u201D"})
      if (rest().starts_with(quote)) return "; strings are written \"...\" or `...`";
    if (rest().starts_with("."))
      return "; names have letters, digits and underscores: a.b is stored as a_b";
    if (rest().starts_with("$")) return "; is it a variable that was not replaced?";
    return "";
  }

  // `--strict` is a flag after logfmt (and after another flag); elsewhere it is two minus signs.
  static bool flags_may_follow(const std::vector<Token>& before) {
    return !before.empty() && (before.back().is("logfmt") || before.back().kind == TokenKind::flag);
  }

  Result<Token> string() {
    std::string_view text = rest();
    auto value = unquote_front(text);
    if (!value) return parse_error(query_, at_, "string is not closed or has a bad escape");
    auto token = token_to(query_.size() - text.size(), TokenKind::string);
    token.string = std::move(*value);
    return token;
  }

  Result<Token> word() {
    std::size_t end = at_;
    while (end < query_.size() && word_char(query_[end])) ++end;
    auto token = token_to(end, TokenKind::identifier);
    if (auto lower = lower_case(token.text); lower != token.text) token.string = std::move(lower);
    return token;
  }

  Result<Token> flag() {
    std::size_t end = at_ + 2;
    while (end < query_.size() && (word_char(query_[end]) || query_[end] == '-')) ++end;
    return token_to(end, TokenKind::flag);
  }

  Result<Token> numeric() {
    std::size_t end = at_;
    while (end < query_.size() && (numeric_char(query_[end]) || exponent_sign(end))) ++end;
    const auto text = query_.substr(at_, end - at_);
    double number = 0;
    const auto [stop, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (ec == std::errc{} && stop == text.data() + text.size())
      return with_number(token_to(end, TokenKind::number), number);
    if (auto duration = parse_query_duration(text)) {
      auto token = token_to(end, TokenKind::duration);
      token.duration = *duration;
      return token;
    }
    if (auto bytes = parse_bytes(text)) return with_number(token_to(end, TokenKind::bytes), *bytes);
    return parse_error(query_, at_,
                       "\"" + std::string(text) +
                           "\" is not a number, a duration (5m, 1h30m) or a byte size "
                           "(10KB, 5MiB)");
  }

  static Token with_number(Token token, double number) {
    token.number = number;
    return token;
  }
  // µ is two bytes in UTF-8.
  static bool numeric_char(char c) {
    return word_char(c) || c == '.' || static_cast<unsigned char>(c) >= 0x80;
  }
  // The sign in 1e-3.
  bool exponent_sign(std::size_t i) const {
    return (query_[i] == '-' || query_[i] == '+') &&
           (query_[i - 1] == 'e' || query_[i - 1] == 'E') && i - 1 > at_ && i + 1 < query_.size() &&
           is_digit(query_[i + 1]) &&
           query_.substr(at_, i - 1 - at_).find_first_not_of("0123456789.") ==
               std::string_view::npos;
  }

  std::string_view query_;
  std::size_t at_ = 0;
};

}  // namespace

Error parse_error(std::string_view query, std::size_t offset, const std::string& message) {
  const auto before = query.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto newline = before.rfind('\n');
  const auto column = newline == std::string_view::npos ? offset + 1 : offset - newline;
  return {ErrorCode::parse, "parse error at line " + std::to_string(line) + ", col " +
                                std::to_string(column) + ": " + message};
}

Result<std::vector<Token>> tokenize(std::string_view query) {
  if (query.size() >= max_query_bytes)
    return parse_error(query, 0,
                       "the query is longer than " + std::to_string(max_query_bytes) + " bytes");
  if (!simdjson::validate_utf8(query.data(), query.size()))
    return parse_error(query, 0, "the query is not valid UTF-8");
  return Lexer(query).run();
}

}  // namespace sluice::query::logql
