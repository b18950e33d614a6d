// FieldNames: which slots of a template `| json` or `| logfmt` would make which label of.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/storage/columns/template.h"
#include "query/log_projection.h"

namespace sluice::storage {

struct FieldSlots {
  // False: the parser has to see the lines.
  bool parsed = false;
  // Per field of the projection: the slots whose label has its name, in the order of the line. The
  // first with a value counts.
  std::vector<std::vector<std::uint32_t>> slots;
};

FieldSlots field_slots(const LineTemplate& pattern, const query::LogProjection& projection);

// The label that the parser makes of a field of a template; empty: none.
std::string field_label(const LineTemplate& pattern, std::size_t slot);

// Whether a slot's value is in quotes.
bool quoted_slot(const LineTemplate& pattern, std::size_t slot);

}  // namespace sluice::storage
