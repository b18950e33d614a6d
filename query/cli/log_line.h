// Log lines as the Loki API delivers them, and as the client prints them; pure.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/labels.h"
#include "base/types/time.h"
#include "query/cli/line_sieve.h"
#include "query/cli/time_spec.h"

namespace sluice::query::cli {

struct LogLine {
  Timestamp timestamp{};
  LabelSet labels;
  std::string line;
  LabelSet metadata;  // structured metadata and what the query parsed
  friend auto operator<=>(const LogLine&, const LogLine&) = default;
};

// The lines of a "streams" result or of a tail message, in the order given. Error: other shape.
Result<std::vector<LogLine>> parse_streams(const nlohmann::json& streams);

// By time, and among equal times in the order given; newest first unless forward.
void sort_lines(std::vector<LogLine>& lines, bool forward);

enum class LogFormat { standard, raw, jsonl, json, logfmt, csv, table, printed };
Result<LogFormat> parse_log_format(std::string_view text);

class PrintTemplate;

struct LogStyle {
  LogFormat format = LogFormat::standard;
  std::shared_ptr<PrintTemplate> print_template;  // of the format `printed`
  TimeFormat time;                                // of default and table
  bool labels = true;
  bool color = false;
  bool to_terminal = false;         // escape control characters
  std::size_t labels_width = 0;     // pad label sets to this
  std::set<std::string> include;    // print these labels only (if any)
  std::set<std::string> exclude;    // and not these
  std::vector<std::string> fields;  // these labels or fields of the line, in this order, instead
  LineSieve sieve;
  bool drop_common = false;  // say labels that all lines share only once
  LabelSet common;           // those
};

// The label, or what the query parsed; "" if there is none.
std::string field_of(const LogLine& line, const std::string& name);
// Those of a line that the style asks for.
LabelSet shown_labels(const LogLine& line, const LogStyle& style);
// Each stream has a colour of its own, as far as there are colours; red and yellow tell of levels.
Color color_of_stream(const LabelSet& labels);
// Only what stands out is coloured: a screen of green says nothing.
Color loud_color(const LogLine& line);

// One line of output with its line break; in `json` an array element without. Lines of a `table`
// are a LogTable's.
std::string format_line(const LogLine& line, const LogStyle& style);

// The labels all lines have in common; logcli prints them once instead of on each line.
LabelSet common_labels(const std::vector<LogLine>& lines);

}  // namespace sluice::query::cli
