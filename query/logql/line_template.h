// Templates of line_format and label_format: Go templates whose fields are the line's labels, plus
// the functions __line__ and __timestamp__.
#pragma once

#include <string_view>

#include "base/types/time.h"
#include "query/template/template.h"

namespace sluice::query::logql {

// What __line__ and __timestamp__ answer. The owner keeps it up to date line by line.
struct TemplateLine {
  Timestamp timestamp{};
  std::string_view line;
};

// `current` must outlive the template's rendering; null is for checking the text only.
// Error(parse): the template's message.
Result<Template> parse_line_template(std::string_view text, const TemplateLine* current);

}  // namespace sluice::query::logql
