#include "query/template/printf.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <optional>

#include "base/types/labels.h"

namespace sluice::query::tmpl {

namespace {

constexpr int width_max = 1000;  // a template must not allocate gigabytes by "%999999999d"

struct Verb {
  bool left = false, plus = false, sharp = false, space = false, zero = false;
  std::optional<int> width, precision;
  char letter = '\0';
};

std::string wrong(const Verb& verb, const TemplateValue& value) {
  return std::string("%!") + verb.letter + "(" + std::string(value.type_name()) + "=" +
         value.text() + ")";
}

std::size_t runes(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string pad(const Verb& verb, std::string text) {
  const auto length = runes(text);
  const auto width = static_cast<std::size_t>(verb.width.value_or(0));
  if (length >= width) return text;
  const std::size_t missing = width - length;
  if (verb.left) return text + std::string(missing, ' ');
  if (!verb.zero) return std::string(missing, ' ') + text;
  const bool sign = !text.empty() && (text[0] == '-' || text[0] == '+');
  return text.insert(sign ? 1 : 0, std::string(missing, '0'));
}

std::string first_runes(std::string_view text, int count) {
  std::size_t i = 0;
  for (; i < text.size(); ++i)
    if ((text[i] & 0xC0) != 0x80 && count-- == 0) break;
  return std::string(text.substr(0, i));
}

std::string integer_digits(const Verb& verb, std::int64_t value) {
  const int base = verb.letter == 'b'                         ? 2
                   : verb.letter == 'o'                       ? 8
                   : verb.letter == 'd' || verb.letter == 'v' ? 10
                                                              : 16;
  std::array<char, 72> text;
  const auto [end, ec] = std::to_chars(text.data(), text.data() + text.size(), value, base);
  std::string out(text.data(), end);
  if (verb.letter == 'X')
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return static_cast<char>(std::toupper(c)); });
  if (verb.plus && value >= 0)
    out.insert(0, "+");
  else if (verb.space && value >= 0)
    out.insert(0, " ");
  return out;
}

std::string float_text(const Verb& verb, double value) {
  char spec[16];
  const char letter = verb.letter == 'v' ? 'g' : verb.letter == 'F' ? 'f' : verb.letter;
  if ((letter == 'g' || letter == 'G') && !verb.precision) {
    std::array<char, 400> text;
    const auto [end, ec] = std::to_chars(text.data(), text.data() + text.size(), value);
    return std::string(text.data(), end);
  }
  std::snprintf(spec, sizeof spec, "%%%s.*%c", verb.plus ? "+" : verb.space ? " " : "", letter);
  std::array<char, 1400> text;
  // The format is one of %.*e, %.*f, %.*g with checked flags.
  const int n = std::snprintf(text.data(), text.size(), spec, verb.precision.value_or(6), value);
  return std::string(text.data(),
                     std::min(static_cast<std::size_t>(std::max(n, 0)), text.size() - 1));
}

std::string hex_text(const Verb& verb, std::string_view text) {
  const char* digits = verb.letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string out;
  for (char c : text) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::string string_verb(const Verb& verb, const TemplateValue& value) {
  std::string text = value.text();
  if (verb.precision) text = first_runes(text, *verb.precision);
  if (verb.letter != 'q') return text;
  std::string quoted;
  append_quoted(quoted, text);
  return quoted;
}

std::string convert(const Verb& verb, const TemplateValue& value) {
  switch (verb.letter) {
    case 'v':
      if (value.is_nil()) return "<nil>";
      if (auto* i = value.as_int()) return integer_digits(verb, *i);
      if (auto* f = value.as_float()) return float_text(verb, *f);
      return value.text();
    case 'T': return std::string(value.type_name());
    case 's':
    case 'q':
      return value.as_int() || value.as_float() || value.as_bool() ? wrong(verb, value)
                                                                   : string_verb(verb, value);
    case 'd':
    case 'b':
    case 'o': return value.as_int() ? integer_digits(verb, *value.as_int()) : wrong(verb, value);
    case 'x':
    case 'X':
      if (auto* s = value.as_string()) return hex_text(verb, *s);
      return value.as_int() ? integer_digits(verb, *value.as_int()) : wrong(verb, value);
    case 'c':
      return value.as_int() && *value.as_int() >= 0 && *value.as_int() < 128
                 ? std::string(1, static_cast<char>(*value.as_int()))
                 : wrong(verb, value);
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G': return value.as_float() ? float_text(verb, *value.as_float()) : wrong(verb, value);
    case 't': return value.as_bool() ? value.text() : wrong(verb, value);
    default: return wrong(verb, value);
  }
}

class Formatter {
 public:
  Formatter(std::string_view format, std::span<const TemplateValue> arguments)
      : rest_(format), arguments_(arguments) {}

  std::string run() {
    while (!rest_.empty()) {
      const auto percent = std::min(rest_.find('%'), rest_.size());
      out_ += rest_.substr(0, percent);
      rest_.remove_prefix(percent);
      if (!rest_.empty()) verb();
    }
    extra();
    return std::move(out_);
  }

 private:
  void verb() {
    rest_.remove_prefix(1);
    Verb v;
    while (!rest_.empty() && flag(v, rest_.front())) rest_.remove_prefix(1);
    v.width = count();
    if (v.width && *v.width < 0) {
      v.left = true;
      v.width = -*v.width;
    }
    if (!rest_.empty() && rest_.front() == '.') {
      rest_.remove_prefix(1);
      v.precision = std::max(0, count().value_or(0));
    }
    if (rest_.empty()) {
      out_ += "%!(NOVERB)";
      return;
    }
    v.letter = rest_.front();
    rest_.remove_prefix(1);
    if (v.letter == '%')
      out_ += '%';
    else if (next_ == arguments_.size())
      out_ += std::string("%!") + v.letter + "(MISSING)";
    else
      out_ += pad(v, convert(v, arguments_[next_++]));
  }

  static bool flag(Verb& v, char c) {
    switch (c) {
      case '-': v.left = true; return true;
      case '+': v.plus = true; return true;
      case '#': v.sharp = true; return true;
      case ' ': v.space = true; return true;
      case '0': v.zero = true; return true;
      default: return false;
    }
  }

  std::optional<int> count() {
    if (!rest_.empty() && rest_.front() == '*') {
      rest_.remove_prefix(1);
      if (next_ == arguments_.size()) return std::nullopt;
      auto* i = arguments_[next_++].as_int();
      return i ? std::optional(
                     static_cast<int>(std::clamp<std::int64_t>(*i, -width_max, width_max)))
               : std::nullopt;
    }
    std::optional<int> n;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      n = std::min(width_max, n.value_or(0) * 10 + (rest_.front() - '0'));
      rest_.remove_prefix(1);
    }
    return n;
  }

  void extra() {
    if (next_ >= arguments_.size()) return;
    out_ += "%!(EXTRA ";
    for (std::size_t i = next_; i < arguments_.size(); ++i) {
      if (i > next_) out_ += ", ";
      out_ += std::string(arguments_[i].type_name()) + "=" + arguments_[i].text();
    }
    out_ += ")";
  }

  std::string_view rest_;
  std::span<const TemplateValue> arguments_;
  std::size_t next_ = 0;
  std::string out_;
};

}  // namespace

std::string format(std::string_view format, std::span<const TemplateValue> arguments) {
  return Formatter(format, arguments).run();
}

}  // namespace sluice::query::tmpl
