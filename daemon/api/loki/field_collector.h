// FieldCollector: which fields lines have, with their values, for detected_fields. Structured
// metadata, fields of JSON objects and pairs of logfmt count; a line is JSON or else logfmt.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "query/logql/json_document.h"
#include "query/logql/line_arena.h"
#include "query/value.h"

namespace sluice::api::loki {

struct DetectedField {
  std::set<std::string> parsers;              // empty: structured metadata
  std::set<std::string, std::less<>> values;  // at most max_field_values
  std::vector<std::string> json_path;         // the keys that lead to it
};
// Beyond this many a field's cardinality is "many".
inline constexpr std::size_t max_field_values = 1000;

// "int", "float", "boolean", "duration", "bytes" or "string", the first that fits.
std::string_view field_type(std::string_view value);

class FieldCollector : query::logql::JsonFieldSink {
 public:
  using Fields = std::map<std::string, DetectedField, std::less<>>;

  void add(const query::LogStream& stream);
  const Fields& fields() const { return fields_; }

 private:
  void add_line(std::string_view line);
  void add_logfmt(std::string_view line);
  void field(const query::logql::JsonField& field) override;
  DetectedField& add(std::string_view name, std::string_view value, std::string_view parser);
  void find_paths(std::string_view line);

  query::logql::JsonDocument document_;
  query::logql::LineArena arena_;
  Fields fields_;
  bool paths_missing_ = false;
};

}  // namespace sluice::api::loki
