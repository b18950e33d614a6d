// Helpers for writing template functions. Private to query/template.
//
// One file per family: functions_builtin.cc, functions_text.cc, functions_math.cc,
// functions_time.cc, functions_json.cc, functions_humanize.cc. A function is one line in its
// family's table.
#pragma once

#include <span>
#include <string>

#include "query/template/template.h"

namespace sluice::query::tmpl {

using Args = std::span<const TemplateValue>;

void add_builtin(FunctionTable& table);
void add_text(FunctionTable& table);
void add_math(FunctionTable& table);
void add_time(FunctionTable& table);
void add_json(FunctionTable& table);
void add_humanize(FunctionTable& table);

// The argument as text; numbers print themselves, as Loki's label values do.
inline std::string text_arg(Args args, std::size_t i) {
  return args[i].text();
}
// The argument as a number, or Error(invalid_argument) naming it.
Result<double> number_arg(Args args, std::size_t i);
Result<std::int64_t> int_arg(Args args, std::size_t i);

// As a value in the query of a URL.
std::string query_escape(std::string_view text);

}  // namespace sluice::query::tmpl
