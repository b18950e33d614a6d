// What both formats share. The formats themselves: text_format.cc, openmetrics.cc.
#include "base/scrape/exposition.h"

#include <algorithm>

#include "base/scrape/exposition_chars.h"
#include "base/types/utf8.h"

namespace sluice::scrape {

Result<ExposedEntry> ExpositionReader::next() {
  return openmetrics_ ? next_openmetrics() : next_text();
}

bool ExpositionReader::take(char c) {
  if (!rest_.starts_with(c)) return false;
  rest_.remove_prefix(1);
  return true;
}

bool ExpositionReader::take(std::string_view word) {
  if (!rest_.starts_with(word)) return false;
  rest_.remove_prefix(word.size());
  return true;
}

void ExpositionReader::skip_blanks() {
  while (take(' ') || take('\t')) {
  }
}

std::string_view ExpositionReader::take_until(std::string_view ends) {
  const std::string_view taken = rest_.substr(0, rest_.find_first_of(ends));
  rest_.remove_prefix(taken.size());
  return taken;
}

Error ExpositionReader::wrong(std::string_view expected) const {
  const std::string_view before = body_.substr(0, body_.size() - rest_.size());
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  std::string message = "line " + std::to_string(line) + ": expected " + std::string(expected);
  message += ", got ";
  if (rest_.empty())
    message += "the end";
  else
    append_quoted(message, rest_.substr(0, std::min<std::size_t>(rest_.find('\n') + 1, 30)));
  return {ErrorCode::parse, std::move(message)};
}

Result<void> ExpositionReader::skip_quoted() {
  if (!take('"')) return wrong("a quoted text");
  while (!rest_.empty()) {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '"') return {};
    if (c == '\\' && !rest_.empty()) rest_.remove_prefix(1);
  }
  return wrong("a closing quote");
}

Result<void> ExpositionReader::skip_braces() {
  while (!rest_.empty()) {
    const char c = rest_.front();
    if (c == '"') {
      SLUICE_CHECK(skip_quoted());
      continue;
    }
    if (c == '\n') break;
    rest_.remove_prefix(1);
    if (c == '}') return {};
  }
  return wrong("'}'");
}

Result<std::string_view> ExpositionReader::take_series() {
  const std::string_view begin = rest_;
  std::size_t name = 0;
  while (name < rest_.size() && metric_char(rest_[name], name)) ++name;
  rest_.remove_prefix(name);
  std::string_view end = rest_;
  if (!openmetrics_) skip_blanks();
  if (take('{')) {
    SLUICE_CHECK(skip_braces());
    end = rest_;
  } else if (name == 0) {
    return wrong("a metric's name");
  }
  rest_ = end;
  return begin.substr(0, begin.size() - end.size());
}

Result<std::string> ExpositionReader::take_family() {
  const std::string_view begin = rest_;
  if (rest_.starts_with('"')) {
    SLUICE_CHECK(skip_quoted());
    const std::string_view quoted = begin.substr(1, begin.size() - rest_.size() - 2);
    std::string family = unescape(quoted);
    if (!valid_utf8(family)) return wrong("a metric's name in UTF-8");
    return family;
  }
  std::size_t name = 0;
  while (name < rest_.size() && metric_char(rest_[name], name)) ++name;
  if (name == 0) return wrong("a metric's name");
  rest_.remove_prefix(name);
  return std::string(begin.substr(0, name));
}

Result<double> ExpositionReader::take_value(std::string_view ends) {
  const std::string_view before = rest_;
  const auto value = parse_sample_value(take_until(ends));
  if (value) return *value;
  rest_ = before;
  return wrong("a number");
}

Result<void> ExpositionReader::end_line() {
  if (rest_.empty() || take('\n')) return {};
  return wrong("the end of the line");
}

}  // namespace sluice::scrape
