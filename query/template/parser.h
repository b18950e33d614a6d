// Tokens to nodes. Private to query/template.
#pragma once

#include <string>
#include <vector>

#include "query/template/lexer.h"
#include "query/template/nodes.h"

namespace sluice::query::tmpl {

Result<Template::Program> parse_tokens(std::vector<Token> tokens, const FunctionTable& functions,
                                       const std::vector<std::string>& predeclared);

}  // namespace sluice::query::tmpl
