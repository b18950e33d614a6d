// FieldMap: which slots of a part's templates `| json` or `| logfmt` would make which field of.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/storage/columns/template.h"
#include "query/log_projection.h"

namespace sluice::storage {

struct FieldSlot {
  std::uint32_t number = 0;
  bool quoted = false;
};

struct FieldSlots {
  // False: the parser has to see the lines.
  bool parsed = false;
  // Per field of the projection: the slots whose label has its name, in the order of the line. The
  // first with a value counts.
  std::vector<std::vector<FieldSlot>> fields;
};

FieldSlots field_slots(const LineTemplate& pattern, const query::LogProjection& projection);

// field_slots() of the templates of a part, each worked out when first asked for. One thread.
class FieldMap {
 public:
  // Both must outlive it.
  FieldMap(std::span<const LineTemplate> templates, const query::LogProjection& projection)
      : templates_(templates), projection_(projection), found_(templates.size()) {}

  const FieldSlots& of(std::uint32_t template_number) {
    auto& found = found_[template_number];
    if (!found) found = field_slots(templates_[template_number], projection_);
    return *found;
  }
  const query::LogProjection& projection() const { return projection_; }

 private:
  std::span<const LineTemplate> templates_;
  const query::LogProjection& projection_;
  std::vector<std::optional<FieldSlots>> found_;
};

}  // namespace sluice::storage
