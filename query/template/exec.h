// Runs a parsed template. Private to query/template.
#pragma once

#include <map>
#include <string>

#include "query/template/nodes.h"

namespace sluice::query::tmpl {

Result<std::string> execute(const Template::Program& program, const TemplateValue& dot,
                            const std::map<std::string, TemplateValue>& variables);

}  // namespace sluice::query::tmpl
