#include "daemon/ingest/detect_level.h"

#include <algorithm>
#include <array>
#include <limits>

#include "query/logql/line_labels.h"
#include "query/logql/logfmt.h"

namespace sluice::ingest {

namespace {

namespace logql = query::logql;

constexpr std::string_view detected_label = "detected_level";
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

constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_letters(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return to_lower(x) == to_lower(y);
         });
}

// What may stand before and behind a word.
bool opens(char c) {
  return std::string_view(" \t\n\r[({\"'=|").find(c) != std::string_view::npos;
}
bool closes(char c) {
  return std::string_view(" \t\n\r[](){}:,!\"'=|").find(c) != std::string_view::npos;
}

bool word_at(std::string_view line, std::size_t at, std::string_view word) {
  const std::size_t end = at + word.size();
  return end <= line.size() && same_letters(line.substr(at, word.size()), word) &&
         (end == line.size() || closes(line[end]));
}

std::string of_labels(const LabelSet& labels) {
  for (const auto name : level_names)
    if (const auto value = labels.get(name); !value.empty()) return normalized_level(value);
  return "";
}

// The value whose name comes first in the list.
class BestLevel : public logql::JsonFieldSink {
 public:
  void field(const logql::JsonField& field) override {
    if (field.string) offer(field.name, field.value, false);
  }
  void offer(std::string_view name, std::string_view value, bool any_case) {
    for (std::size_t i = 0; i < best_; ++i) {
      const bool same =
          any_case ? same_letters(name, level_names[i]) : name == level_names[i];
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
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (at > 0 && !opens(line[at - 1])) continue;
    for (const auto& [word, level] : words)
      if (word_at(line, at, word)) return level;
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
  logql::LogfmtReader reader(line, arena_);
  logql::LogfmtPair pair;
  for (auto status = reader.next(pair); status != logql::LogfmtReader::Status::end;
       status = reader.next(pair))
    if (status == logql::LogfmtReader::Status::pair) best.offer(pair.key, pair.value, true);
  arena_.reset();
  return best.take();
}

std::string LevelDetector::level(const LabelSet& stream, const LabelSet& metadata,
                                 std::string_view line) {
  if (const auto given = metadata.get(detected_label); !given.empty())
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

}  // namespace sluice::ingest
