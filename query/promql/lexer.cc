#include "query/promql/lexer.h"

#include <algorithm>
#include <array>

#include "base/types/ascii.h"
#include "base/types/labels.h"
#include "query/engine/aggregate.h"

namespace sluice::query::promql {

namespace {

bool space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool alpha(char c) {
  return is_ascii_letter(c) || c == '_';
}
bool alnum(char c) {
  return alpha(c) || is_digit(c);
}

constexpr std::array<std::string_view, 14> keywords = {
    "and", "or",       "unless",     "atan2",       "offset", "by",    "without",
    "on",  "ignoring", "group_left", "group_right", "bool",   "start", "end"};
constexpr std::array<std::string_view, 4> word_operators = {"and", "or", "unless", "atan2"};

// Longest first.
constexpr std::array<std::string_view, 23> symbols = {
    "==", "!=", ">=", "<=", "</", ">/", "=~", "!~", "=", ">", "<", "+",
    "-",  "*",  "/",  "%",  "^",  "(",  ")",  ",",  "@", "{", "}"};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Token> run() {
    while (skip_blank(), position_ < text_.size()) {
      if (!next()) break;
    }
    if (tokens_.empty() || tokens_.back().kind != TokenKind::error) finish();
    return std::move(tokens_);
  }

 private:
  char peek(std::size_t ahead = 0) const {
    return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
  }
  void skip_blank() {
    while (position_ < text_.size()) {
      if (space(text_[position_])) {
        ++position_;
      } else if (text_[position_] == '#') {
        position_ = std::min(text_.find('\n', position_), text_.size());
      } else {
        return;
      }
    }
  }
  bool push(TokenKind kind, std::size_t length) {
    tokens_.push_back({kind, std::string(text_.substr(position_, length)), at(position_),
                       at(position_ + length)});
    position_ += length;
    return true;
  }
  bool fail(std::string message) {
    tokens_.push_back({TokenKind::error, std::move(message), at(position_), at(position_ + 1)});
    return false;
  }
  static std::uint32_t at(std::size_t offset) { return static_cast<std::uint32_t>(offset); }

  // Unclosed brackets are noticed at the end only.
  void finish() {
    if (braces_) {
      fail("unexpected end of input inside braces");
    } else if (brackets_) {
      fail("unclosed left bracket");
    } else if (parens_ > 0) {
      fail("unclosed left parenthesis");
    } else {
      tokens_.push_back({TokenKind::end, "", at(text_.size()), at(text_.size())});
    }
  }

  bool next() {
    const char c = peek();
    if (c == '"' || c == '\'' || c == '`') return quoted();
    if (braces_ && !alpha(c)) return symbol();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number_or_duration();
    if (c == '[' || c == ']') return bracket();
    if (c == ':' && brackets_) return push(TokenKind::punctuation, 1);
    if (alpha(c) || (c == ':' && !braces_)) return word();
    return symbol();
  }

  bool quoted() {
    std::string_view rest = text_.substr(position_);
    const std::size_t before = rest.size();
    if (!unquote_front(rest)) {
      return fail(unterminated(text_.substr(position_)) ? "unterminated quoted string"
                                                        : "invalid escape in quoted string");
    }
    return push(TokenKind::string, before - rest.size());
  }
  static bool unterminated(std::string_view text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (text[i] == '\\' && text[0] != '`') {
        ++i;
      } else if (text[i] == text[0]) {
        return false;
      } else if (text[i] == '\n' && text[0] != '`') {
        return true;
      }
    }
    return true;
  }

  bool word() {
    std::size_t n = 0;
    bool colon = false;
    while (alnum(peek(n)) || (peek(n) == ':' && !braces_ && !brackets_)) {
      colon = colon || peek(n) == ':';
      ++n;
    }
    return push(colon ? TokenKind::metric_identifier : TokenKind::identifier, n);
  }

  // Length of a number at the position, 0 if what stands there is none.
  std::size_t number_length() const {
    std::size_t n = 0;
    if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X')) {
      n = 2;
      while (is_hex_digit(peek(n)) || (peek(n) == '_' && is_hex_digit(peek(n + 1)))) ++n;
      return alnum(peek(n)) ? 0 : n;
    }
    const auto digits = [&] {
      while (is_digit(peek(n)) || (peek(n) == '_' && n > 0 && is_digit(peek(n + 1)))) ++n;
    };
    digits();
    if (peek(n) == '.') {
      ++n;
      digits();
    }
    if (peek(n) == 'e' || peek(n) == 'E') {
      const std::size_t sign = peek(n + 1) == '+' || peek(n + 1) == '-' ? 1 : 0;
      if (is_digit(peek(n + 1 + sign))) {
        n += 1 + sign;
        digits();
      }
    }
    return alnum(peek(n)) || peek(n) == '.' ? 0 : n;
  }
  std::size_t duration_length() const {
    std::size_t n = 0;
    while (is_digit(peek(n))) {
      while (is_digit(peek(n))) ++n;
      if (peek(n) == 'm' && peek(n + 1) == 's') {
        n += 2;
      } else if (std::string_view("smhdwy").find(peek(n)) != std::string_view::npos && peek(n)) {
        ++n;
      } else {
        return 0;
      }
    }
    return alnum(peek(n)) ? 0 : n;
  }
  bool number_or_duration() {
    if (const std::size_t n = number_length()) return push(TokenKind::number, n);
    if (const std::size_t n = duration_length()) return push(TokenKind::duration, n);
    std::size_t n = 0;
    while (alnum(peek(n)) || peek(n) == '.') ++n;
    std::string message = "bad number or duration syntax: ";
    append_quoted(message, text_.substr(position_, n));
    return fail(std::move(message));
  }

  bool bracket() {
    const bool open = peek() == '[';
    if (open && brackets_) return fail("unexpected left bracket '['");
    if (!open && !brackets_) return fail("unexpected right bracket ']'");
    brackets_ = open;
    return push(TokenKind::punctuation, 1);
  }

  bool symbol() {
    const auto rest = text_.substr(position_);
    const auto found = std::find_if(symbols.begin(), symbols.end(),
                                    [&](std::string_view s) { return rest.starts_with(s); });
    if (found == symbols.end() || !allowed(*found)) return unexpected();
    if (*found == "(") ++parens_;
    if (*found == "{") braces_ = true;
    if (*found == "}") braces_ = false;
    const bool too_many = *found == ")" && parens_-- == 0;
    push(TokenKind::punctuation, found->size());
    return !too_many || fail("unexpected right parenthesis ')'");
  }
  bool allowed(std::string_view symbol) const {
    if (braces_)
      return std::string_view("},=!==~!~").find(symbol) != std::string_view::npos && symbol != "==";
    return symbol != "}" && symbol != "=~" && symbol != "!~";
  }
  bool unexpected() {
    const char c = peek();
    if (braces_ && c == '{') return fail("unexpected left brace '{'");
    if (!braces_ && c == '}') return fail("unexpected right brace '}'");
    std::string message = "unexpected character";
    message += braces_ ? " inside braces: '" : ": '";
    message += utf8_at(position_) + "'";
    return fail(std::move(message));
  }
  // The whole character, so that messages stay valid UTF-8.
  std::string utf8_at(std::size_t position) const {
    std::size_t n = 1;
    while (position + n < text_.size() && (text_[position + n] & 0xC0) == 0x80 && n < 4) ++n;
    return std::string(text_.substr(position, n));
  }

  std::string_view text_;
  std::size_t position_ = 0;
  std::vector<Token> tokens_;
  bool braces_ = false;
  bool brackets_ = false;
  int parens_ = 0;
};

bool is_operator(std::string_view text) {
  const auto first = text.front();
  return std::string_view("=!<>+-*/%^@").find(first) != std::string_view::npos;
}

std::string describe_word(const std::string& text) {
  const std::string lower = lower_case(text);
  if (std::find(word_operators.begin(), word_operators.end(), lower) != word_operators.end())
    return "<op:" + text + ">";
  if (is_aggregation(lower)) return "<aggr:" + text + ">";
  if (is_keyword(lower)) return "<" + text + ">";
  std::string out = "identifier ";
  append_quoted(out, text);
  return out;
}

}  // namespace

bool is_keyword(std::string_view word) {
  return std::find(keywords.begin(), keywords.end(), word) != keywords.end();
}

bool Token::is_word(std::string_view keyword) const {
  return kind == TokenKind::identifier && lower_case(text) == keyword;
}

std::string Token::describe() const {
  std::string out;
  switch (kind) {
    case TokenKind::end: return "end of input";
    case TokenKind::error: return text;
    case TokenKind::identifier: return describe_word(text);
    case TokenKind::metric_identifier: out = "metric identifier "; break;
    case TokenKind::number: out = "number "; break;
    case TokenKind::duration: out = "duration "; break;
    case TokenKind::string: out = "string "; break;
    case TokenKind::punctuation:
      if (is_operator(text)) return "<op:" + text + ">";
      break;
  }
  append_quoted(out, text);
  return out;
}

std::vector<Token> tokenize(std::string_view text) {
  return Lexer(text).run();
}

}  // namespace sluice::query::promql
