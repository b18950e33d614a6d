// Prometheus' text format: lines of comments, "# HELP", "# TYPE" and series; blanks are free.
#include <charconv>

#include "base/scrape/exposition.h"
#include "base/scrape/exposition_chars.h"
#include "base/types/utf8.h"

namespace sluice::scrape {

namespace {

constexpr std::string_view text_value_ends = " \t\n{";

bool known_text_type(std::string_view type) {
  for (const std::string_view known :
       {"counter", "gauge", "histogram", "gaugehistogram", "summary", "untyped", "unknown"})
    if (type == known) return true;
  return false;
}

std::string_view trim_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<std::int64_t> read_milliseconds(std::string_view text) {
  std::int64_t ms = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), ms);
  if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return ms;
}

}  // namespace

Result<ExposedEntry> ExpositionReader::next_text() {
  while (true) {
    skip_blanks();
    if (rest_.empty()) return ExposedEntry{};
    if (take('\n')) continue;
    if (rest_.front() != '#') return read_text_series();
    SLUICE_TRY(auto entry, read_comment());
    if (entry) return std::move(*entry);
  }
}

// A line that is neither HELP nor TYPE says nothing.
Result<std::optional<ExposedEntry>> ExpositionReader::read_comment() {
  take('#');
  const std::string_view line = rest_;
  skip_blanks();
  const bool spaced = rest_.size() < line.size();
  const std::string_view word = take_until(" \t\n");
  const bool help = word == "HELP";
  if (!spaced || (!help && word != "TYPE") || rest_.empty() || rest_.front() == '\n') {
    take_until("\n");
    return std::optional<ExposedEntry>{};
  }
  skip_blanks();
  SLUICE_TRY(auto entry,
             read_text_metadata(help ? ExposedEntry::Kind::help : ExposedEntry::Kind::type));
  return std::optional<ExposedEntry>(std::move(entry));
}

Result<ExposedEntry> ExpositionReader::read_text_metadata(ExposedEntry::Kind kind) {
  ExposedEntry entry;
  entry.kind = kind;
  SLUICE_TRY(entry.family, take_family());
  if (!rest_.empty() && rest_.front() != '\n' && !take(' ') && !take('\t')) return wrong("a blank");
  const std::string_view before = rest_;
  const std::string_view text = take_until("\n");
  if (kind == ExposedEntry::Kind::help) {
    entry.text = unescape(text, false);
  } else {
    entry.text = trim_blanks(text);
    if (!known_text_type(entry.text)) {
      rest_ = before;
      return wrong("a metric type");
    }
    if (entry.text == "untyped") entry.text = "unknown";
  }
  if (!valid_utf8(entry.text)) return wrong("text in UTF-8");
  SLUICE_CHECK(end_line());
  return entry;
}

Result<ExposedEntry> ExpositionReader::read_text_series() {
  ExposedEntry entry;
  entry.kind = ExposedEntry::Kind::series;
  SLUICE_TRY(entry.series, take_series());
  skip_blanks();
  SLUICE_TRY(entry.value, take_value(text_value_ends));
  skip_blanks();
  if (!rest_.empty() && rest_.front() != '\n') {
    const std::string_view before = rest_;
    entry.timestamp_ms = read_milliseconds(take_until(" \t\n"));
    if (!entry.timestamp_ms) {
      rest_ = before;
      return wrong("a timestamp or the end of the line");
    }
    skip_blanks();
  }
  SLUICE_CHECK(end_line());
  return entry;
}

}  // namespace sluice::scrape
