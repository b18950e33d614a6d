#include "daemon/storage/field_names.h"

#include <algorithm>

#include "query/logql/line_labels.h"

namespace sluice::storage {

namespace {

bool serves_parser(LineKind kind, query::LogProjection::Parser parser) {
  using Parser = query::LogProjection::Parser;
  return (parser == Parser::json && kind == LineKind::json) ||
         (parser == Parser::logfmt && kind == LineKind::logfmt);
}

// As the stage `| json` joins keys; a key that leaves nothing of a name leaves no label.
std::string json_label(std::string_view field) {
  std::string name;
  while (!field.empty()) {
    field.remove_prefix(1);  // 0x1F
    const std::size_t end = std::min(field.find('\x1F'), field.size());
    const std::size_t parent = name.size();
    if (parent > 0) name += '_';
    const std::size_t before = name.size();
    query::logql::append_label_name(name, field.substr(0, end));
    if (name.size() == before) return {};
    field.remove_prefix(end);
  }
  return name;
}

std::string field_label(const LineTemplate& pattern, std::size_t slot) {
  const std::string& field = pattern.fields[slot];
  if (pattern.kind == LineKind::json) return json_label(field);
  std::string name;
  query::logql::append_label_name(name, field);
  return name;
}

bool quoted_slot(const LineTemplate& pattern, std::size_t slot) {
  return pattern.pieces[slot].ends_with('"');
}

}  // namespace

FieldSlots field_slots(const LineTemplate& pattern, const query::LogProjection& projection) {
  FieldSlots out;
  out.parsed = serves_parser(pattern.kind, projection.parser);
  if (!out.parsed) return out;
  out.fields.resize(projection.fields.size());
  for (std::uint32_t slot = 0; slot < pattern.slots(); ++slot) {
    const std::string label = field_label(pattern, slot);
    for (std::size_t i = 0; i < projection.fields.size() && !label.empty(); ++i)
      if (projection.fields[i].name == label)
        out.fields[i].push_back({slot, quoted_slot(pattern, slot)});
  }
  return out;
}

}  // namespace sluice::storage
