#include "query/cli/log_table.h"

#include "query/cli/time_spec.h"

namespace sluice::query::cli {

namespace {

std::vector<std::string> header_of(const LogStyle& style) {
  std::vector<std::string> header{"TIME"};
  header.insert(header.end(), style.fields.begin(), style.fields.end());
  if (style.fields.empty() && style.labels) header.emplace_back("LABELS");
  header.emplace_back("LINE");
  return header;
}

}  // namespace

LogTable::LogTable(const LogStyle& style) : table_(header_of(style)) {}

void LogTable::add(const LogLine& line, const LogStyle& style) {
  std::vector<Cell> row{{format_time(line.timestamp, style.time), Color::blue}};
  for (const auto& field : style.fields) row.push_back({printable(field_of(line, field))});
  if (style.fields.empty() && style.labels)
    row.push_back({printable(shown_labels(line, style).to_string()), color_of_stream(line.labels)});
  row.push_back({printable(line.line), loud_color(line)});
  table_.add(std::move(row));
}

}  // namespace sluice::query::cli
