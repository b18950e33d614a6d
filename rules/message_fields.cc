#include "rules/message_fields.h"

#include <algorithm>

#include "rules/line_cutter.h"

namespace sluice::rules {
namespace {

constexpr std::string_view gap = "<_>";

using Views = std::vector<std::string_view>;

// Walks over the members of one JSON object. Of text that is none it finds some members or none.
class JsonMembers {
 public:
  explicit JsonMembers(std::string_view text) : text_(text) {}

  template <class Visit>
  bool each(Visit visit) {
    skip_space();
    if (!take('{')) return false;
    skip_space();
    while (!take('}')) {
      std::string_view key;
      if (!take_string(key)) return false;
      skip_space();
      if (!take(':')) return false;
      skip_space();
      std::string_view value;
      if (!peek('"'))
        skip_value();
      else if (take_string(value))
        visit(key, value);
      else
        return false;
      skip_space();
      if (!take(',') && !peek('}')) return false;
      skip_space();
    }
    return true;
  }

 private:
  bool peek(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool take(char c) {
    if (!peek(c)) return false;
    ++at_;
    return true;
  }
  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) ++at_;
  }
  bool take_string(std::string_view& out) {
    if (!take('"')) return false;
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    if (at_ >= text_.size()) return false;
    out = text_.substr(begin, at_++ - begin);
    return true;
  }
  // A value that is no string: to the comma or brace behind it.
  void skip_value() {
    std::size_t depth = 0;
    for (std::string_view ignored; at_ < text_.size();) {
      const char c = text_[at_];
      if (depth == 0 && (c == ',' || c == '}')) return;
      if (c == '"' && !take_string(ignored)) return;
      if (c == '"') continue;
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && depth > 0) --depth;
      ++at_;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// Pairs key=value and words, as from_logfmt() of log_message.cc reads them.
template <class Visit>
void each_pair(std::string_view text, Visit visit) {
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const auto end = text.find_first_of("= ");
    if (end == std::string_view::npos || end == 0) return;
    const std::string_view key = text.substr(0, end);
    const bool bare_word = text[end] == ' ';
    text.remove_prefix(end + (bare_word ? 0 : 1));
    if (bare_word) continue;
    const bool quoted = text.starts_with('"');
    std::size_t stop = quoted ? 1 : std::min(text.find(' '), text.size());
    while (quoted && stop < text.size() && text[stop] != '"') stop += text[stop] == '\\' ? 2 : 1;
    if (stop > text.size() || (quoted && stop == text.size())) return;
    visit(key, text.substr(quoted ? 1 : 0, stop - (quoted ? 1 : 0)));
    text.remove_prefix(stop + (quoted ? 1 : 0));
  }
}

struct GapSink {
  void add_static(std::string_view text) { out.append(text); }
  void add_slot(std::string_view, SlotType) {
    if (!out.ends_with(gap)) out += gap;
  }
  std::string& out;
};

void append_pattern(std::string_view text, std::string& out) {
  GapSink sink{out};
  LineCutter(text, sink).run();
}

void append_gap(std::string& out) {
  if (!out.ends_with(gap)) out += gap;
}

}  // namespace

Views raw_message_fields(std::string_view line, const std::vector<std::string>& fields) {
  Views found;
  const auto keep = [&](std::string_view key, std::string_view value) {
    if (!value.empty() && std::find(fields.begin(), fields.end(), key) != fields.end())
      found.push_back(value);
  };
  const auto first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos) return found;
  if (line[first] != '{')
    each_pair(line, keep);
  else if (!JsonMembers(line).each(keep))
    found.clear();
  return found;
}

std::string pattern_text(std::string_view line, const std::vector<std::string>& fields) {
  const Views messages = raw_message_fields(line, fields);
  std::string out;
  if (messages.empty()) append_pattern(line, out);
  for (const auto message : messages) {
    append_gap(out);
    append_pattern(message, out);
  }
  if (!messages.empty()) append_gap(out);
  return out;
}

}  // namespace sluice::rules
