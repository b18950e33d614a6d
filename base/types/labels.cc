#include "base/types/labels.h"

#include <algorithm>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/types/ascii.h"
#include "base/types/ids.h"
#include "base/types/utf8.h"

namespace sluice {

namespace {

bool name_start(char c) {
  return is_ascii_letter(c) || c == '_';
}

auto find_name(auto& labels, std::string_view name) {
  return std::lower_bound(labels.begin(), labels.end(), name,
                          [](const Label& l, std::string_view n) { return l.name < n; });
}

// The text between the labels' braces, read left to right.
class LabelReader {
 public:
  explicit LabelReader(std::string_view text) : text_(text), rest_(text) {}

  Result<LabelSet> read() {
    skip_space();
    if (!take('{')) return expected("'{'");
    std::vector<Label> labels;
    skip_space();
    while (!take('}')) {
      SLUICE_CHECK(read_pair(labels));
      skip_space();
      if (take(',')) {
        skip_space();
      } else if (rest_.empty() || rest_.front() != '}') {
        return expected("',' or '}'");
      }
    }
    skip_space();
    if (!rest_.empty()) return expected("end of labels");
    return sorted(std::move(labels));
  }

 private:
  void skip_space() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\n"), rest_.size()));
  }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  Error expected(std::string_view what) const {
    return {ErrorCode::parse, "labels: expected " + std::string(what) + " at byte " +
                                  std::to_string(text_.size() - rest_.size())};
  }
  // Names that no identifier can spell stand in quotes, as to_string() writes them.
  Result<std::string> read_name() {
    if (!rest_.empty() && rest_.front() == '"') {
      auto quoted = unquote_front(rest_);
      if (!quoted || quoted->empty()) return expected("a label name");
      return quoted;
    }
    std::size_t n = 0;
    while (n < rest_.size() && (name_start(rest_[n]) || (n > 0 && is_digit(rest_[n])))) ++n;
    if (n == 0) return expected("a label name");
    std::string name(rest_.substr(0, n));
    rest_.remove_prefix(n);
    return name;
  }
  Result<void> read_pair(std::vector<Label>& labels) {
    SLUICE_TRY(std::string name, read_name());
    skip_space();
    if (!take('=')) return expected("'='");
    skip_space();
    auto value = unquote_front(rest_);
    if (!value) return expected("a quoted value");
    labels.push_back({std::move(name), std::move(*value)});
    return {};
  }
  static Result<LabelSet> sorted(std::vector<Label> labels) {
    std::sort(labels.begin(), labels.end());
    auto twice = std::adjacent_find(labels.begin(), labels.end(),
                                    [](auto& a, auto& b) { return a.name == b.name; });
    if (twice != labels.end())
      return Error{ErrorCode::parse, "labels: duplicate label name \"" + twice->name + "\""};
    return LabelSet::from(std::move(labels));
  }

  std::string_view text_;
  std::string_view rest_;
};

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool read_hex(std::string_view& text, std::size_t digits, unsigned& code) {
  if (text.size() < digits) return false;
  code = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const int d = hex_digit(text[i]);
    if (d < 0) return false;
    code = code * 16 + static_cast<unsigned>(d);
  }
  text.remove_prefix(digits);
  return true;
}

bool read_octal(std::string_view& text, char first, std::string& out) {
  if (text.size() < 2) return false;
  int code = first - '0';
  for (int i = 0; i < 2; ++i) {
    if (text[0] < '0' || text[0] > '7') return false;
    code = code * 8 + (text[0] - '0');
    text.remove_prefix(1);
  }
  if (code > 255) return false;
  out += static_cast<char>(code);
  return true;
}

// The character(s) after a backslash.
bool read_escape(std::string_view& text, std::string& out) {
  if (text.empty()) return false;
  const char c = text.front();
  text.remove_prefix(1);
  unsigned code = 0;
  switch (c) {
    case 'n': out += '\n'; return true;
    case 't': out += '\t'; return true;
    case 'r': out += '\r'; return true;
    case 'a': out += '\a'; return true;
    case 'b': out += '\b'; return true;
    case 'f': out += '\f'; return true;
    case 'v': out += '\v'; return true;
    case '\\':
    case '"':
    case '\'': out += c; return true;
    case 'x':
      if (!read_hex(text, 2, code)) return false;
      out += static_cast<char>(code);
      return true;
    case 'u':
    case 'U':
      if (!read_hex(text, c == 'u' ? 4 : 8, code) || code > 0x10FFFF) return false;
      append_code_point(out, code);
      return true;
    default: return c >= '0' && c <= '7' && read_octal(text, c, out);
  }
}

}  // namespace

LabelSet::LabelSet(std::initializer_list<Label> labels) : LabelSet(from(labels)) {}

LabelSet LabelSet::from(std::vector<Label> labels) {
  LabelSet set;
  std::stable_sort(labels.begin(), labels.end(),
                   [](const Label& a, const Label& b) { return a.name < b.name; });
  for (auto& label : labels) {
    if (!set.labels_.empty() && set.labels_.back().name == label.name)
      set.labels_.back().value = std::move(label.value);
    else
      set.labels_.push_back(std::move(label));
  }
  std::erase_if(set.labels_, [](const Label& l) { return l.value.empty(); });
  return set;
}

std::string_view LabelSet::get(std::string_view name) const {
  auto it = find_name(labels_, name);
  return it != labels_.end() && it->name == name ? std::string_view(it->value) : std::string_view();
}

bool LabelSet::has(std::string_view name) const {
  return !get(name).empty();
}

void LabelSet::set(std::string_view name, std::string_view value) {
  if (value.empty()) return erase(name);
  auto it = find_name(labels_, name);
  if (it != labels_.end() && it->name == name)
    it->value = value;
  else
    labels_.insert(it, Label{std::string(name), std::string(value)});
}

void LabelSet::erase(std::string_view name) {
  auto it = find_name(labels_, name);
  if (it != labels_.end() && it->name == name) labels_.erase(it);
}

bool is_metric_identity(std::string_view name) {
  return name == metric_name_label || name == metric_type_label || name == metric_unit_label;
}

void erase_metric_identity(LabelSet& labels) {
  for (const auto name : {metric_name_label, metric_type_label, metric_unit_label})
    labels.erase(name);
}

std::uint64_t LabelSet::hash() const {
  // 0xFF never occurs in UTF-8, so ("ab","c") and ("a","bc") hash differently.
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  for (const auto& [name, value] : labels_) {
    XXH3_64bits_update(&state, name.data(), name.size());
    XXH3_64bits_update(&state, "\xFF", 1);
    XXH3_64bits_update(&state, value.data(), value.size());
    XXH3_64bits_update(&state, "\xFF", 1);
  }
  return XXH3_64bits_digest(&state);
}

std::string LabelSet::to_string() const {
  std::string out = "{";
  for (const auto& [name, value] : labels_) {
    if (out.size() > 1) out += ", ";
    if (valid_label_name(name))
      out += name;
    else
      append_quoted(out, name);
    out += '=';
    append_quoted(out, value);
  }
  out += '}';
  return out;
}

Result<LabelSet> parse_labels(std::string_view text) {
  return LabelReader(text).read();
}

bool valid_label_name(std::string_view name) {
  return !name.empty() && name_start(name[0]) &&
         std::all_of(name.begin(), name.end(), [](char c) { return name_start(c) || is_digit(c); });
}

bool valid_metric_name(std::string_view name) {
  auto colon_or = [](char c) { return name_start(c) || c == ':'; };
  return !name.empty() && colon_or(name[0]) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return colon_or(c) || is_digit(c); });
}

void append_quoted(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  out += '"';
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      default:
        if (byte < 0x20 || byte == 0x7F) {
          out += "\\x";
          out += hex[byte >> 4];
          out += hex[byte & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

Result<std::string> unquote_front(std::string_view& text) {
  auto bad = [] { return Error{ErrorCode::parse, "invalid quoted string"}; };
  if (text.empty()) return bad();
  const char quote = text.front();
  if (quote != '"' && quote != '\'' && quote != '`') return bad();
  std::string_view rest = text.substr(1);
  std::string out;
  while (!rest.empty() && rest.front() != quote) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == '\\' && quote != '`') {
      if (!read_escape(rest, out)) return bad();
    } else if (c == '\n' && quote != '`') {
      return bad();
    } else {
      out += c;
    }
  }
  if (rest.empty()) return bad();
  text = rest.substr(1);
  return out;
}

bool valid_tenant(const TenantId& tenant) {
  static constexpr std::string_view extra = "_.!*'()-";
  const std::string& v = tenant.value;
  if (v.empty() || v.size() > 150 || v == "." || v == "..") return false;
  return std::all_of(v.begin(), v.end(), [](char c) {
    return is_digit(c) || (name_start(c)) || extra.find(c) != std::string_view::npos;
  });
}

}  // namespace sluice
