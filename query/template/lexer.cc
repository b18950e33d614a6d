#include "query/template/lexer.h"

#include "base/types/ascii.h"
#include "base/types/labels.h"

namespace sluice::query::tmpl {

namespace {

bool space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool letter(char c) {
  return is_ascii_letter(c) || c == '_' || static_cast<signed char>(c) < 0;
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : rest_(text) {}

  Result<std::vector<Token>> run() {
    while (!rest_.empty()) {
      lex_text();
      if (rest_.empty()) break;
      SLUICE_CHECK(lex_action());
    }
    push(TokenKind::end, "");
    return std::move(tokens_);
  }

 private:
  void advance(std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      if (rest_[i] == '\n') {
        ++pos_.line;
        pos_.column = 1;
      } else {
        ++pos_.column;
      }
    }
    rest_.remove_prefix(n);
  }
  void push(TokenKind kind, std::string value) {
    tokens_.push_back({kind, std::move(value), pos_, spaced_});
    spaced_ = false;
  }

  void lex_text() {
    const auto open = std::min(rest_.find("{{"), rest_.size());
    auto text = rest_.substr(0, open);
    if (trim_next_) {
      while (!text.empty() && space(text.front())) text.remove_prefix(1);
    }
    trim_next_ = false;
    // "{{- " eats the white space before it.
    const auto after = rest_.substr(open);
    if (after.size() > 3 && after[2] == '-' && space(after[3])) {
      while (!text.empty() && space(text.back())) text.remove_suffix(1);
    }
    if (!text.empty()) push(TokenKind::text, std::string(text));
    advance(open);
  }

  Result<void> lex_action() {
    action_pos_ = pos_;
    push(TokenKind::open, "{{");
    advance(2);
    if (rest_.size() > 1 && rest_[0] == '-' && space(rest_[1])) advance(1);
    skip_space();
    if (rest_.starts_with("/*")) return lex_comment();
    while (true) {
      skip_space();
      if (rest_.empty()) return template_error(action_pos_, "unclosed action: no }}");
      if (close()) return {};
      SLUICE_CHECK(lex_token());
    }
  }

  Result<void> lex_comment() {
    const auto end = rest_.find("*/");
    if (end == std::string_view::npos) return template_error(action_pos_, "unclosed comment");
    advance(end + 2);
    skip_space();
    tokens_.pop_back();  // the open: a comment leaves nothing
    const std::size_t before = tokens_.size();
    if (!close()) return template_error(pos_, "comment ends before closing }}");
    tokens_.resize(before);
    return {};
  }

  bool close() {
    const bool trim = rest_.starts_with("-}}");
    if (!trim && !rest_.starts_with("}}")) return false;
    push(TokenKind::close, "}}");
    advance(trim ? 3 : 2);
    trim_next_ = trim;
    return true;
  }

  void skip_space() {
    std::size_t n = 0;
    while (n < rest_.size() && space(rest_[n])) ++n;
    if (n > 0) spaced_ = true;
    advance(n);
  }

  std::size_t word_length(std::size_t from) const {
    std::size_t n = from;
    while (n < rest_.size() && (letter(rest_[n]) || is_digit(rest_[n]))) ++n;
    return n;
  }
  void word(TokenKind kind, std::size_t skip, std::size_t length) {
    push(kind, std::string(rest_.substr(skip, length - skip)));
    advance(length);
  }

  Result<void> lex_token() {
    const char c = rest_[0];
    const char next = rest_.size() > 1 ? rest_[1] : '\0';
    if (c == '"' || c == '`' || c == '\'') return lex_string(c);
    if (c == '.' && letter(next)) return word(TokenKind::field, 1, word_length(1)), Result<void>{};
    if (is_digit(c) || (c == '.' && is_digit(next)) ||
        ((c == '-' || c == '+') && (is_digit(next) || next == '.')))
      return lex_number();
    if (c == '.') return word(TokenKind::dot, 0, 1), Result<void>{};
    if (c == '$') return word(TokenKind::variable, 0, word_length(1)), Result<void>{};
    if (letter(c)) return word(TokenKind::identifier, 0, word_length(0)), Result<void>{};
    if (c == ':' && next == '=') return word(TokenKind::symbol, 0, 2), Result<void>{};
    if (std::string_view("()|,=").find(c) != std::string_view::npos)
      return word(TokenKind::symbol, 0, 1), Result<void>{};
    return template_error(pos_, std::string("unexpected character '") + c + "' in action");
  }

  Result<void> lex_string(char quote) {
    auto after = rest_;
    auto value = unquote_front(after);
    if (!value) return template_error(pos_, "unterminated or invalid quoted string");
    if (quote == '\'') {
      if (value->size() != 1)
        return template_error(pos_, "character constant must be one character");
      push(TokenKind::number, std::to_string(static_cast<unsigned char>(value->front())));
    } else {
      push(TokenKind::string, std::move(*value));
    }
    advance(rest_.size() - after.size());
    return {};
  }

  Result<void> lex_number() {
    std::size_t n = 1;
    while (n < rest_.size() &&
           (is_digit(rest_[n]) || letter(rest_[n]) || rest_[n] == '.' ||
            ((rest_[n] == '-' || rest_[n] == '+') && (rest_[n - 1] == 'e' || rest_[n - 1] == 'E'))))
      ++n;
    word(TokenKind::number, 0, n);
    return {};
  }

  std::string_view rest_;
  TemplatePos pos_;
  TemplatePos action_pos_;
  bool spaced_ = false;
  bool trim_next_ = false;
  std::vector<Token> tokens_;
};

}  // namespace

Error template_error(TemplatePos pos, const std::string& message) {
  return {ErrorCode::parse, "template: " + std::to_string(pos.line) + ":" +
                                std::to_string(pos.column) + ": " + message};
}

Result<std::vector<Token>> lex_template(std::string_view text) {
  return Lexer(text).run();
}

}  // namespace sluice::query::tmpl
