#include "query/logql/logfmt.h"

#include <charconv>

#include "base/types/utf8.h"

namespace sluice::query::logql {

namespace {

bool blank(char c) {
  return static_cast<unsigned char>(c) <= ' ';
}

char simple_escape(char c) {
  switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case 'b': return '\b';
    case 'f': return '\f';
    case '"':
    case '\\':
    case '/':
    case '\'': return c;
    default: return '\0';
  }
}

// Four hex digits at the front of `text`.
bool take_hex4(std::string_view& text, unsigned& code) {
  if (text.size() < 4) return false;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + 4, code, 16);
  if (ec != std::errc{} || end != text.data() + 4) return false;
  text.remove_prefix(4);
  return true;
}

// The rest of \uXXXX, a surrogate pair included; a lone surrogate becomes U+FFFD.
bool take_unicode(std::string_view& text, unsigned& code) {
  constexpr unsigned replacement = 0xFFFD;
  if (!take_hex4(text, code)) return false;
  if (code < 0xD800 || code > 0xDFFF) return true;
  const unsigned high = code;
  unsigned low = 0;
  std::string_view ahead = text;
  code = replacement;
  if (high > 0xDBFF || !ahead.starts_with("\\u")) return true;
  ahead.remove_prefix(2);
  if (!take_hex4(ahead, low) || low < 0xDC00 || low > 0xDFFF) return true;
  text = ahead;
  code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
  return true;
}

}  // namespace

bool LogfmtReader::at_break() const {
  return at_ == line_.size() || blank(line_[at_]);
}

LogfmtReader::Status LogfmtReader::bad() {
  while (!at_break()) ++at_;
  return Status::bad;
}

LogfmtReader::Status LogfmtReader::next(LogfmtPair& out) {
  while (at_ < line_.size() && blank(line_[at_])) ++at_;
  if (at_ == line_.size()) return Status::end;
  const auto key = at_;
  while (!at_break() && line_[at_] != '=' && line_[at_] != '"') ++at_;
  out = {line_.substr(key, at_ - key), {}};
  if (out.key.empty()) return bad();
  if (at_break()) return Status::pair;
  if (line_[at_++] == '"') return bad();
  if (at_ < line_.size() && line_[at_] == '"')
    return quoted(out.value) && at_break() ? Status::pair : bad();
  const auto value = at_;
  while (!at_break() && line_[at_] != '=' && line_[at_] != '"') ++at_;
  out.value = line_.substr(value, at_ - value);
  return at_break() ? Status::pair : bad();
}

bool LogfmtReader::quoted(std::string_view& value) {
  const auto begin = ++at_;
  bool escapes = false;
  while (at_ < line_.size() && line_[at_] != '"') {
    const bool escape = line_[at_] == '\\' && at_ + 1 < line_.size();
    escapes = escapes || escape;
    at_ += escape ? 2 : 1;
  }
  if (at_ >= line_.size()) {
    at_ = line_.size();
    return false;
  }
  const auto raw = line_.substr(begin, at_++ - begin);
  value = raw;
  return !escapes || unescape(raw, value);
}

bool LogfmtReader::unescape(std::string_view raw, std::string_view& value) {
  char* const memory = arena_.allocate(raw.size());  // escapes only ever shrink
  char* out = memory;
  while (!raw.empty()) {
    const char c = raw.front();
    raw.remove_prefix(1);
    if (c != '\\') {
      *out++ = c;
      continue;
    }
    const char escape = raw.empty() ? '\0' : raw.front();
    raw.remove_prefix(raw.empty() ? 0 : 1);
    unsigned code = 0;
    if (escape == 'u' && take_unicode(raw, code))
      out = write_code_point(out, code);
    else if (const char plain = simple_escape(escape); plain != '\0')
      *out++ = plain;
    else
      return false;
  }
  value = {memory, static_cast<std::size_t>(out - memory)};
  return true;
}

}  // namespace sluice::query::logql
