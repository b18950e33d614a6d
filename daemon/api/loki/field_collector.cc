#include "daemon/api/loki/field_collector.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/types/ascii.h"
#include "query/logql/line_labels.h"
#include "query/logql/logfmt.h"
#include "query/logql/units.h"

namespace sluice::api::loki {

namespace {

namespace logql = query::logql;
using Json = nlohmann::json;
using Fields = FieldCollector::Fields;

bool is_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

constexpr std::size_t max_path = 32;

// Notes the path of every field of the object that has none yet.
void note_paths(const Json& object, const std::string& name, std::vector<std::string>& path,
                Fields& fields) {
  if (path.size() >= max_path) return;
  for (const auto& [key, value] : object.items()) {
    std::string full = name.empty() ? "" : name + "_";
    logql::append_label_name(full, key);
    path.push_back(key);
    if (value.is_object())
      note_paths(value, full, path, fields);
    else if (const auto it = fields.find(full); it != fields.end() && it->second.json_path.empty())
      it->second.json_path = path;
    path.pop_back();
  }
}

}  // namespace

std::string_view field_type(std::string_view value) {
  if (is_integer(value)) return "int";
  if (logql::parse_float(value)) return "float";
  if (value == "true" || value == "false") return "boolean";
  if (logql::parse_duration_seconds(value)) return "duration";
  if (logql::parse_bytes(value)) return "bytes";
  return "string";
}

void FieldCollector::add(const query::LogStream& stream) {
  for (const auto& [name, value] : stream.metadata) add(name, value, "");
  for (const auto& entry : stream.entries) {
    add_line(entry.line);
    arena_.reset();
  }
}

void FieldCollector::add_line(std::string_view line) {
  paths_missing_ = false;
  if (!document_.flatten(line, *this).empty()) return add_logfmt(line);
  if (paths_missing_) find_paths(line);
}

void FieldCollector::add_logfmt(std::string_view line) {
  logql::LogfmtReader reader(line, arena_);
  logql::LogfmtPair pair;
  for (auto status = reader.next(pair); status != logql::LogfmtReader::Status::end;
       status = reader.next(pair)) {
    if (status != logql::LogfmtReader::Status::pair || pair.value.empty()) continue;
    std::string name;
    logql::append_label_name(name, pair.key);
    add(name, pair.value, "logfmt");
  }
}

void FieldCollector::field(const logql::JsonField& field) {
  if (add(field.name, field.value, "json").json_path.empty()) paths_missing_ = true;
}

DetectedField& FieldCollector::add(std::string_view name, std::string_view value,
                                   std::string_view parser) {
  auto it = fields_.find(name);
  if (it == fields_.end()) it = fields_.emplace(std::string(name), DetectedField{}).first;
  DetectedField& field = it->second;
  if (!parser.empty()) field.parsers.emplace(parser);
  if (field.values.size() < max_field_values) field.values.emplace(value);
  return field;
}

// Only for lines with fields not met before: this is the slow way to read JSON.
void FieldCollector::find_paths(std::string_view line) {
  const Json object = Json::parse(line, nullptr, false);
  std::vector<std::string> path;
  if (object.is_object()) note_paths(object, "", path, fields_);
}

}  // namespace sluice::api::loki
