#include "query/logql/line_template.h"

#include "base/types/assert.h"
#include "query/logql/units.h"
#include "query/template/go_time.h"

namespace sluice::query::logql {

Result<Template> parse_line_template(std::string_view text, const TemplateLine* current) {
  FunctionTable functions = logql_functions();
  const auto line = [current](std::span<const TemplateValue>) -> Result<TemplateValue> {
    SLUICE_ASSERT(current != nullptr);
    return TemplateValue(current->line);
  };
  const auto timestamp = [current](std::span<const TemplateValue>) -> Result<TemplateValue> {
    SLUICE_ASSERT(current != nullptr);
    return TemplateValue(tmpl::go_time_text(current->timestamp));
  };
  const auto bytes = [](std::span<const TemplateValue> args) -> Result<TemplateValue> {
    if (const auto size = parse_bytes(args[0].text())) return TemplateValue(*size);
    return invalid_argument("not a byte size: \"" + args[0].text() + "\"");
  };
  functions["bytes"] = {1, 1, bytes};
  functions["__line__"] = {0, 0, line};
  functions["__timestamp__"] = {0, 0, timestamp};
  return Template::parse(text, functions);
}

}  // namespace sluice::query::logql
