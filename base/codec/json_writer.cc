#include "base/codec/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>

namespace sluice {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

// Length of the valid UTF-8 sequence at the front, 0 if there is none.
std::size_t utf8_length(std::string_view s) {
  const auto b = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  const auto tail = [&](std::size_t i) { return i < s.size() && (b(i) & 0xC0) == 0x80; };
  if (b(0) >= 0xC2 && b(0) <= 0xDF) return tail(1) ? 2 : 0;
  if (b(0) >= 0xE0 && b(0) <= 0xEF) {
    if (!tail(1) || !tail(2)) return 0;
    const bool overlong = b(0) == 0xE0 && b(1) < 0xA0;
    const bool surrogate = b(0) == 0xED && b(1) > 0x9F;
    return overlong || surrogate ? 0 : 3;
  }
  if (b(0) >= 0xF0 && b(0) <= 0xF4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    const bool overlong = b(0) == 0xF0 && b(1) < 0x90;
    const bool beyond = b(0) == 0xF4 && b(1) > 0x8F;
    return overlong || beyond ? 0 : 4;
  }
  return 0;
}

void append_control(std::string& out, unsigned char c) {
  static constexpr char hex[] = "0123456789abcdef";
  switch (c) {
    case '\n': out += "\\n"; break;
    case '\t': out += "\\t"; break;
    case '\r': out += "\\r"; break;
    case '\b': out += "\\b"; break;
    case '\f': out += "\\f"; break;
    default:
      out += "\\u00";
      out += hex[c >> 4];
      out += hex[c & 15];
  }
}

bool plain(unsigned char c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

template <class Number>
void append_number(std::string& out, Number value) {
  std::array<char, 32> text;
  const auto [end, ec] = std::to_chars(text.data(), text.data() + text.size(), value);
  out.append(text.data(), end);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t i = 0;
  while (i < text.size()) {
    std::size_t run = i;
    while (run < text.size() && plain(static_cast<unsigned char>(text[run]))) ++run;
    out.append(text, i, run - i);
    i = run;
    if (i == text.size()) break;
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text[i++];
    } else if (c < 0x20) {
      append_control(out, c);
      ++i;
    } else if (const std::size_t n = utf8_length(text.substr(i)); n > 0) {
      out.append(text, i, n);
      i += n;
    } else {
      out += replacement;
      ++i;
    }
  }
  out += '"';
}

void JsonWriter::separate() {
  if (need_comma_) out_ += ',';
  need_comma_ = true;
}

JsonWriter& JsonWriter::open(char c) {
  separate();
  out_ += c;
  need_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char c) {
  out_ += c;
  need_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  append_json_string(out_, name);
  out_ += ':';
  need_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view value) {
  separate();
  append_json_string(out_, value);
  return *this;
}

JsonWriter& JsonWriter::number(double value) {
  if (!std::isfinite(value)) return null();
  separate();
  append_number(out_, value);
  return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
  separate();
  append_number(out_, value);
  return *this;
}

JsonWriter& JsonWriter::number(std::uint64_t value) {
  separate();
  append_number(out_, value);
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

std::string format_sample_value(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::string out;
  // Go's 'f' format with the fewest digits, as Prometheus prints; huge and tiny values use 'e'.
  const double magnitude = std::fabs(value);
  std::array<char, 400> text;
  const bool exponent = magnitude != 0 && (magnitude >= 1e21 || magnitude < 1e-6);
  const auto [end, ec] =
      std::to_chars(text.data(), text.data() + text.size(), value,
                    exponent ? std::chars_format::scientific : std::chars_format::fixed);
  out.assign(text.data(), end);
  return out;
}

}  // namespace sluice
