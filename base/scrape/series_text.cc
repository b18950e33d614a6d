// The text that names a series: name{label="value",...} or {"name",label="value",...}.
#include <algorithm>

#include "base/scrape/exposition.h"
#include "base/scrape/exposition_chars.h"
#include "base/types/utf8.h"

namespace sluice::scrape {

namespace {

class SeriesText {
 public:
  explicit SeriesText(std::string_view text) : text_(text), rest_(text) {}

  Result<std::vector<Label>> read() {
    std::size_t name = 0;
    while (name < rest_.size() && metric_char(rest_[name], name)) ++name;
    if (name > 0) add(std::string(metric_name_label), std::string(rest_.substr(0, name)));
    rest_.remove_prefix(name);
    skip();
    if (take('{')) SLUICE_CHECK(read_items());
    if (!rest_.empty()) return expected("the end of the labels");
    SLUICE_CHECK(check_names());
    return std::move(labels_);
  }

 private:
  Result<void> read_items() {
    skip();
    while (!take('}')) {
      if (labels_.size() > max_text_labels) return bad("too many labels");
      SLUICE_CHECK(read_item());
      skip();
      if (take(','))
        skip();
      else if (!rest_.starts_with('}'))
        return expected("',' or '}'");
    }
    return {};
  }

  Result<void> read_item() {
    std::string name;
    if (rest_.starts_with('"')) {
      SLUICE_TRY(name, read_quoted());
      skip();
      if (!rest_.starts_with('=')) {
        add(std::string(metric_name_label), std::move(name));
        return {};
      }
    } else {
      std::size_t length = 0;
      while (length < rest_.size() && label_char(rest_[length], length)) ++length;
      if (length == 0) return expected("a label's name");
      name = rest_.substr(0, length);
      rest_.remove_prefix(length);
      skip();
    }
    if (!take('=')) return expected("'='");
    skip();
    SLUICE_TRY(std::string value, read_quoted());
    add(std::move(name), std::move(value));
    return {};
  }

  Result<std::string> read_quoted() {
    if (!take('"')) return expected("a quoted text");
    std::size_t end = 0;
    while (end < rest_.size() && rest_[end] != '"') end += rest_[end] == '\\' ? 2 : 1;
    if (end >= rest_.size()) return expected("a closing quote");
    std::string value = unescape(rest_.substr(0, end));
    if (!valid_utf8(value)) return expected("text in UTF-8");
    rest_.remove_prefix(end + 1);
    return value;
  }

  Result<void> check_names() {
    std::vector<std::string_view> names;
    for (const Label& label : labels_) names.push_back(label.name);
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice != names.end())
      return bad("the label \"" + std::string(*twice) + "\" is there twice");
    if (!std::binary_search(names.begin(), names.end(), metric_name_label))
      return bad("no metric name");
    return {};
  }

  void add(std::string name, std::string value) {
    labels_.push_back({std::move(name), std::move(value)});
  }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void skip() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }
  Error expected(std::string_view what) const {
    return bad("expected " + std::string(what) + " at byte " +
               std::to_string(text_.size() - rest_.size()));
  }
  Error bad(const std::string& what) const {
    std::string message = "series ";
    append_quoted(message, text_.substr(0, 100));
    return {ErrorCode::parse, message + ": " + what};
  }

  std::string_view text_;
  std::string_view rest_;
  std::vector<Label> labels_;
};

}  // namespace

std::string unescape(std::string_view text, bool quotes) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    const bool known = next == 'n' || next == '\\' || (quotes && next == '"');
    if (text[i] != '\\' || !known) {
      out += text[i];
      continue;
    }
    out += next == 'n' ? '\n' : next;
    ++i;
  }
  return out;
}

Result<std::vector<Label>> parse_series(std::string_view text) {
  return SeriesText(text).read();
}

}  // namespace sluice::scrape
