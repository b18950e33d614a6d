// Cuts template text into text and action tokens. Private to query/template.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"
#include "query/template/nodes.h"

namespace sluice::query::tmpl {

enum class TokenKind {
  text,        // outside {{ }}
  open,        // {{
  close,       // }}
  identifier,  // if, printf
  field,       // .name (value without the dot)
  dot,         // . alone
  variable,    // $ or $name
  string,
  number,
  symbol,  // ( ) | , = :=
  end,
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::string value;
  TemplatePos pos;
  bool after_space = false;  // whether white space stands before: `.a .b` is two operands
};

Result<std::vector<Token>> lex_template(std::string_view text);
Error template_error(TemplatePos pos, const std::string& message);

}  // namespace sluice::query::tmpl
