#include "rules/log_message.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "base/types/labels.h"

namespace sluice::rules {
namespace {

// Lines above this, more than one may have, are matched whole.
constexpr std::size_t max_structured_bytes = 1 << 20;

void join(std::string& out, std::string_view text) {
  if (!out.empty()) out += message_joint;
  out += text;
}

std::optional<std::string> from_json(std::string_view line,
                                     const std::vector<std::string>& fields) {
  const auto doc = nlohmann::json::parse(line, nullptr, false);
  if (!doc.is_object()) return std::nullopt;
  std::string out;
  for (const auto& field : fields) {
    const auto it = doc.find(field);
    if (it != doc.end() && it->is_string()) join(out, it->get_ref<const std::string&>());
  }
  if (out.empty()) return std::nullopt;
  return out;
}

// What stands in the quotes at the front of `text`, which it is cut from; as it stands there if its
// escapes are not ours. nullopt: the quotes do not close.
std::optional<std::string> take_quoted(std::string_view& text) {
  if (auto value = unquote_front(text)) return std::move(*value);
  std::size_t end = 1;
  while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
  if (end >= text.size()) return std::nullopt;
  std::string value(text.substr(1, end - 1));
  text.remove_prefix(end + 1);
  return value;
}

// key=value or key="quoted" at the front of `text`; nullopt ends the scan.
std::optional<std::pair<std::string, std::string>> take_pair(std::string_view& text) {
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return std::nullopt;
  text.remove_prefix(begin);
  const auto end = text.find_first_of("= ");
  if (end == std::string_view::npos || end == 0) return std::nullopt;
  std::pair<std::string, std::string> out{std::string(text.substr(0, end)), ""};
  const bool bare_word = text[end] == ' ';
  text.remove_prefix(bare_word ? end : end + 1);
  if (bare_word) return out;
  if (!text.empty() && text.front() == '"') {
    auto value = take_quoted(text);
    if (!value) return std::nullopt;
    out.second = std::move(*value);
    return out;
  }
  const auto stop = text.find(' ');
  out.second = std::string(text.substr(0, stop));
  text.remove_prefix(stop == std::string_view::npos ? text.size() : stop);
  return out;
}

std::optional<std::string> from_logfmt(std::string_view line,
                                       const std::vector<std::string>& fields) {
  std::vector<std::string> found(fields.size());
  while (auto pair = take_pair(line)) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (fields[i] == pair->first && found[i].empty()) found[i] = pair->second;
    }
  }
  std::string out;
  for (const auto& text : found) {
    if (!text.empty()) join(out, text);
  }
  if (out.empty()) return std::nullopt;
  return out;
}

}  // namespace

std::vector<std::string> default_message_fields() {
  return {"msg", "message", "error", "err", "exception", "event"};
}

std::string message_of(std::string_view line, const std::vector<std::string>& fields) {
  if (line.size() > max_structured_bytes) return std::string(line);
  const auto first = line.find_first_not_of(" \t");
  const bool json = first != std::string_view::npos && line[first] == '{';
  const auto found = json ? from_json(line, fields) : from_logfmt(line, fields);
  return found ? *found : std::string(line);
}

}  // namespace sluice::rules
