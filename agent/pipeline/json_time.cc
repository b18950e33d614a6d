// The time field of a JSON log line. A scanner and not a parser: it reads keys and skips values at
// the top level until it meets the field, and gives up on anything odd.
#include "agent/pipeline/scan.h"
#include "agent/pipeline/timestamp.h"

namespace sluice::agent {
namespace {

constexpr std::size_t scan_limit = 8 << 10;  // a time field stands near the front

void skip_space(std::string_view& text) {
  const auto n = text.find_first_not_of(" \t\r\n");
  text.remove_prefix(n == std::string_view::npos ? text.size() : n);
}

// The raw content of a string at the front, escapes left as they are.
std::optional<std::string_view> take_string(std::string_view& text) {
  if (!text.starts_with('"')) return std::nullopt;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      const auto content = text.substr(1, i - 1);
      text.remove_prefix(i + 1);
      return content;
    }
  }
  return std::nullopt;
}

// An object or array; strings inside may hold brackets.
bool skip_nested(std::string_view& text) {
  int depth = 0;
  while (!text.empty()) {
    if (text.front() == '"') {
      if (!take_string(text)) return false;
      continue;
    }
    if (text.front() == '{' || text.front() == '[') ++depth;
    if (text.front() == '}' || text.front() == ']') --depth;
    text.remove_prefix(1);
    if (depth == 0) return true;
  }
  return false;
}

// The text of a value: a string's content, or a bare word; empty for nested ones.
std::optional<std::string_view> take_value(std::string_view& text) {
  if (text.starts_with('"')) return take_string(text);
  if (text.starts_with('{') || text.starts_with('['))
    return skip_nested(text) ? std::optional<std::string_view>("") : std::nullopt;
  const auto end = text.find_first_of(",} \t\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const auto word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

}  // namespace

bool is_time_key(std::string_view key) {
  return key == "ts" || key == "time" || key == "timestamp" || key == "@timestamp" || key == "t";
}

std::optional<Timestamp> find_json_time(std::string_view line, const TimeContext& context) {
  auto text = line.substr(0, scan_limit);
  if (!scan::take(text, '{')) return std::nullopt;
  while (true) {
    skip_space(text);
    const auto key = take_string(text);
    if (!key) return std::nullopt;
    skip_space(text);
    if (!scan::take(text, ':')) return std::nullopt;
    skip_space(text);
    const auto value = take_value(text);
    if (!value) return std::nullopt;
    if (is_time_key(*key))
      if (const auto t = read_time_value(*value, context)) return t;
    skip_space(text);
    if (!scan::take(text, ',')) return std::nullopt;
  }
}

}  // namespace sluice::agent
