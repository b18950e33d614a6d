#include "query/cli/log_line.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/codec/json_writer.h"
#include "query/cli/api_client.h"
#include "query/cli/print_template.h"
#include "query/cli/style.h"
#include "query/cli/time_spec.h"

namespace sluice::query::cli {

using Json = nlohmann::json;

namespace {

// The third element: {"k":"v"}, or {"structuredMetadata":{...},"parsed":{...}}.
LabelSet metadata_of(const Json& entry) {
  LabelSet metadata = labels_from(entry);
  for (const char* part : {"structuredMetadata", "parsed"}) {
    if (!entry.is_object() || !entry.contains(part)) continue;
    for (const auto& label : labels_from(entry[part])) metadata.set(label.name, label.value);
  }
  return metadata;
}

Result<LogLine> parse_entry(const Json& entry, const LabelSet& labels) {
  const bool shaped =
      entry.is_array() && entry.size() >= 2 && entry[0].is_string() && entry[1].is_string();
  std::int64_t ns = 0;
  if (shaped) {
    const auto& text = entry[0].get_ref<const std::string&>();
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), ns);
    if (ec == std::errc() && end == text.data() + text.size()) {
      LogLine line{from_unix_ns(ns), labels, entry[1].get<std::string>(), {}};
      if (entry.size() > 2) line.metadata = metadata_of(entry[2]);
      return line;
    }
  }
  return Error{ErrorCode::unavailable, "the server sent a log entry that is not one"};
}

LabelSet styled_labels(const LabelSet& labels, const LogStyle& style) {
  LabelSet shown;
  for (const auto& label : labels) {
    const bool included = style.include.empty() || style.include.contains(label.name);
    const bool common = style.common.get(label.name) == label.value;
    if (included && !common && !style.exclude.contains(label.name))
      shown.set(label.name, label.value);
  }
  return shown;
}

void write_labels(JsonWriter& w, const LabelSet& labels) {
  w.begin_object();
  for (const auto& label : labels) w.key(label.name).string(label.value);
  w.end_object();
}

// logcli's keys and order.
std::string as_json(const LogLine& line, const LogStyle& style) {
  JsonWriter w;
  w.begin_object();
  if (style.labels) {
    w.key("labels");
    write_labels(w, shown_labels(line, style));
  }
  w.key("line").string(line.line);
  w.key("timestamp").string(format_rfc3339(line.timestamp));
  if (!line.metadata.empty()) {
    w.key("metadata");
    write_labels(w, line.metadata);
  }
  w.end_object();
  return w.take();
}

Color color_of_line(const LogLine& line) {
  for (const char* name : {"level", "detected_level", "severity"}) {
    for (const LabelSet* labels : {&line.labels, &line.metadata}) {
      const Color color = color_of_level(labels->get(name));
      if (color != Color::none) return color;
    }
  }
  return Color::none;
}

// As csv and logfmt have it.
std::string as_csv(const LogLine& line, const LogStyle& style) {
  std::string out = format_rfc3339(line.timestamp) + ',';
  for (const auto& field : style.fields) out += csv_field(field_of(line, field)) + ',';
  if (style.labels && style.fields.empty())
    out += csv_field(shown_labels(line, style).to_string()) + ',';
  return out + csv_field(line.line) + '\n';
}

std::string as_logfmt(const LogLine& line, const LogStyle& style) {
  std::string out = "ts=" + format_rfc3339(line.timestamp);
  const auto pair = [&](std::string_view name, std::string_view value) {
    out += ' ' + std::string(name) + '=';
    append_quoted(out, value);
  };
  if (style.labels)
    for (const auto& [name, value] : shown_labels(line, style)) pair(name, value);
  pair("line", line.line);
  return out + '\n';
}

// What fails on one line must not hide it.
std::string as_printed(const LogLine& line, const LogStyle& style) {
  const auto text = style.print_template->print(line);
  return (text ? *text : line.line + "  (template: " + text.error().message + ')') + '\n';
}

std::string as_text(const LogLine& line, const LogStyle& style) {
  std::string out = paint(format_time(line.timestamp, style.time), Color::blue, style.color);
  if (style.labels) {
    const Color stream = color_of_stream(line.labels);
    std::string labels = shown_labels(line, style).to_string();
    if (labels.size() < style.labels_width) labels.resize(style.labels_width, ' ');
    out += ' ' + paint(labels, stream, style.color);
  }
  const std::string text = style.to_terminal ? printable(line.line) : line.line;
  return out + ' ' + style.sieve.marked(text, loud_color(line), style.color) + '\n';
}

}  // namespace

std::string field_of(const LogLine& line, const std::string& name) {
  const auto label = line.labels.get(name);
  return std::string(label.empty() ? line.metadata.get(name) : label);
}

LabelSet shown_labels(const LogLine& line, const LogStyle& style) {
  if (style.fields.empty()) return styled_labels(line.labels, style);
  LabelSet shown;
  for (const auto& name : style.fields)
    if (auto value = field_of(line, name); !value.empty()) shown.set(name, std::move(value));
  return shown;
}

Color color_of_stream(const LabelSet& labels) {
  constexpr std::array colors = {Color::cyan, Color::magenta, Color::green, Color::blue};
  return colors[labels.hash() % colors.size()];
}

Color loud_color(const LogLine& line) {
  const Color color = color_of_line(line);
  return color == Color::red || color == Color::yellow ? color : Color::none;
}

Result<std::vector<LogLine>> parse_streams(const Json& streams) {
  if (!streams.is_array()) {
    return Error{ErrorCode::unavailable, "the server's answer holds no streams"};
  }
  std::vector<LogLine> lines;
  for (const auto& stream : streams) {
    if (!stream.is_object() || !stream.contains("values")) {
      return Error{ErrorCode::unavailable, "the server sent a stream without values"};
    }
    const LabelSet labels = labels_from(stream.value("stream", Json::object()));
    for (const auto& entry : stream["values"]) {
      SLUICE_TRY(auto line, parse_entry(entry, labels));
      lines.push_back(std::move(line));
    }
  }
  return lines;
}

void sort_lines(std::vector<LogLine>& lines, bool forward) {
  std::stable_sort(lines.begin(), lines.end(), [forward](const LogLine& a, const LogLine& b) {
    return forward ? a.timestamp < b.timestamp : b.timestamp < a.timestamp;
  });
}

Result<LogFormat> parse_log_format(std::string_view text) {
  if (text == "default") return LogFormat::standard;
  if (text == "raw") return LogFormat::raw;
  if (text == "jsonl") return LogFormat::jsonl;
  if (text == "json") return LogFormat::json;
  if (text == "logfmt") return LogFormat::logfmt;
  if (text == "csv") return LogFormat::csv;
  if (text == "table") return LogFormat::table;
  if (text.starts_with("template=")) return LogFormat::printed;
  return invalid_argument(
      "output \"" + std::string(text) +
      "\" is none of default, raw, jsonl, json, logfmt, csv, table, template=...");
}

std::string format_line(const LogLine& line, const LogStyle& style) {
  switch (style.format) {
    case LogFormat::standard:
    case LogFormat::table: return as_text(line, style);
    case LogFormat::raw: return line.line + '\n';
    case LogFormat::jsonl: return as_json(line, style) + '\n';
    case LogFormat::json: return as_json(line, style);
    case LogFormat::logfmt: return as_logfmt(line, style);
    case LogFormat::csv: return as_csv(line, style);
    case LogFormat::printed: return as_printed(line, style);
  }
  return {};
}

LabelSet common_labels(const std::vector<LogLine>& lines) {
  if (lines.empty()) return {};
  LabelSet common = lines.front().labels;
  for (const auto& line : lines) {
    LabelSet kept;
    for (const auto& label : common) {
      if (line.labels.get(label.name) == label.value) kept.set(label.name, label.value);
    }
    common = std::move(kept);
  }
  return common;
}

}  // namespace sluice::query::cli
