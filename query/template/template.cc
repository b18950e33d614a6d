#include "query/template/template.h"

#include "query/template/exec.h"
#include "query/template/lexer.h"
#include "query/template/nodes.h"
#include "query/template/parser.h"

namespace sluice::query {

Result<Template> Template::parse(std::string_view text, const FunctionTable& functions) {
  return parse_with_variables(text, functions, {});
}

Result<Template> Template::parse_with_variables(std::string_view text,
                                                const FunctionTable& functions,
                                                const std::vector<std::string>& predeclared) {
  if (text.size() > template_source_max)
    return Error{ErrorCode::too_large, "template: source is larger than 64 KiB"};
  SLUICE_TRY(auto tokens, tmpl::lex_template(text));
  SLUICE_TRY(auto program, tmpl::parse_tokens(std::move(tokens), functions, predeclared));
  return Template(std::make_shared<const Program>(std::move(program)));
}

Result<std::string> Template::render(const TemplateValue& dot,
                                     const std::map<std::string, TemplateValue>& variables) const {
  return tmpl::execute(*program_, dot, variables);
}

}  // namespace sluice::query
