#include "query/logql/detect_level.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "base/types/ascii.h"
#include "query/logql/line_labels.h"
#include "query/logql/logfmt.h"

namespace sluice::query::logql {

namespace {

// In the order they are looked for.
constexpr std::array<std::string_view, 11> level_names = {
    "level",    "LEVEL",        "Level", "log_level", "severity", "SEVERITY",
    "Severity", "SeverityText", "lvl",   "LVL",       "Lvl"};

struct Spelling {
  std::string_view text;  // in lower case
  std::string_view level;
};
constexpr std::array<Spelling, 16> spellings = {{{"trace", "trace"},
                                                 {"trc", "trace"},
                                                 {"debug", "debug"},
                                                 {"dbg", "debug"},
                                                 {"info", "info"},
                                                 {"inf", "info"},
                                                 {"information", "info"},
                                                 {"warn", "warn"},
                                                 {"wrn", "warn"},
                                                 {"warning", "warn"},
                                                 {"error", "error"},
                                                 {"err", "error"},
                                                 {"fatal", "fatal"},
                                                 {"critical", "critical"},
                                                 {"panic", "panic"},
                                                 {"unknown", "unknown"}}};
constexpr std::array<Spelling, 9> words = {{{"trace", "trace"},
                                            {"debug", "debug"},
                                            {"fatal", "fatal"},
                                            {"critical", "critical"},
                                            {"error", "error"},
                                            {"err", "error"},
                                            {"warning", "warn"},
                                            {"warn", "warn"},
                                            {"info", "info"}}};

// What a byte may be to a word: before it, behind it, its first letter.
constexpr std::uint8_t opens = 1, closes = 2, begins = 4;
constexpr std::array<std::uint8_t, 256> roles = [] {
  std::array<std::uint8_t, 256> table{};
  const auto mark = [&](std::string_view bytes, std::uint8_t role) {
    for (const char c : bytes) table[static_cast<unsigned char>(c)] |= role;
  };
  mark(" \t\n\r[({\"'=|", opens);
  mark(" \t\n\r[](){}:,!\"'=|", closes);
  for (const auto& [word, level] : words) {
    const char letters[] = {word.front(), static_cast<char>(word.front() - 'a' + 'A')};
    mark({letters, 2}, begins);
  }
  return table;
}();

std::uint8_t roles_of(char c) {
  return roles[static_cast<unsigned char>(c)];
}

bool word_at(std::string_view line, std::size_t at, std::string_view word) {
  const std::size_t end = at + word.size();
  return end <= line.size() && same_letters(line.substr(at, word.size()), word) &&
         (end == line.size() || (roles_of(line[end]) & closes) != 0);
}

std::string of_labels(const LabelSet& labels) {
  for (const auto name : level_names)
    if (const auto value = labels.get(name); !value.empty()) return normalized_level(value);
  return "";
}

// The value whose name comes first in the list.
class BestLevel : public JsonFieldSink {
 public:
  void field(const JsonField& field) override {
    if (field.string) offer(field.name, field.value, false);
  }
  void offer(std::string_view name, std::string_view value, bool any_case) {
    for (std::size_t i = 0; i < best_; ++i) {
      const bool same = any_case ? same_letters(name, level_names[i]) : name == level_names[i];
      if (!same || value.empty()) continue;
      best_ = i;
      value_ = normalized_level(value);
    }
  }
  std::string take() { return std::move(value_); }

 private:
  std::size_t best_ = level_names.size();
  std::string value_;
};

bool begins_object(std::string_view line) {
  const auto first = line.find_first_not_of(" \t");
  return first != std::string_view::npos && line[first] == '{';
}

}  // namespace

std::string normalized_level(std::string_view text) {
  for (const auto& [spelling, level] : spellings)
    if (same_letters(text, spelling)) return std::string(level);
  return std::string(text);
}

std::string_view level_word(std::string_view line) {
  std::uint8_t before = opens;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const std::uint8_t here = roles_of(line[at]);
    // One branch that is nearly never taken, instead of two that nobody can predict.
    const bool candidate = (static_cast<unsigned>(here) / begins & before & opens) != 0;
    before = here;
    if (!candidate) continue;
    for (const auto& [word, level] : words)
      if (to_lower(line[at]) == word.front() && word_at(line, at, word)) return level;
  }
  return "";
}

std::string LevelDetector::of_json(std::string_view line) {
  BestLevel best;
  document_.flatten(line, best);
  return best.take();
}

std::string LevelDetector::of_logfmt(std::string_view line) {
  BestLevel best;
  LogfmtReader reader(line, arena_);
  LogfmtPair pair;
  for (auto status = reader.next(pair); status != LogfmtReader::Status::end;
       status = reader.next(pair))
    if (status == LogfmtReader::Status::pair) best.offer(pair.key, pair.value, true);
  arena_.reset();
  return best.take();
}

std::string LevelDetector::level(const LabelSet& stream, const LabelSet& metadata,
                                 std::string_view line) {
  if (const auto given = metadata.get(detected_level_label); !given.empty())
    return normalized_level(given);
  std::string found = of_labels(stream);
  if (found.empty()) found = of_labels(metadata);
  if (found.empty() && begins_object(line))
    found = of_json(line);
  else if (found.empty() && line.find('=') != std::string_view::npos)
    found = of_logfmt(line);
  if (found.empty()) found = level_word(line);
  return found.empty() ? "unknown" : found;
}

}  // namespace sluice::query::logql
