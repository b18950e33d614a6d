#include "query/logql/line_template.h"

#include "base/types/assert.h"

namespace sluice::query::logql {

Result<Template> parse_line_template(std::string_view text, const TemplateLine* current) {
  FunctionTable functions = logql_functions();
  const auto line = [current](std::span<const TemplateValue>) -> Result<TemplateValue> {
    SLUICE_ASSERT(current != nullptr);
    return TemplateValue(current->line);
  };
  const auto timestamp = [current](std::span<const TemplateValue>) -> Result<TemplateValue> {
    SLUICE_ASSERT(current != nullptr);
    return TemplateValue(format_rfc3339(current->timestamp));
  };
  functions["__line__"] = {0, 0, line};
  functions["__timestamp__"] = {0, 0, timestamp};
  return Template::parse(text, functions);
}

}  // namespace sluice::query::logql
