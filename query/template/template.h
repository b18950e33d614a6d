// Template: a subset of Go's text/template, for line_format, alert annotations and notifications.
//
// Has: text with trim markers and comments; pipelines; fields (.a.b, $x.y, (f x).z); variables
// ($x := , $x = ); if/else if/else, range with one or two variables and else, break, continue,
// with, define, template, block; literals; the functions of its FunctionTable. Has not: methods,
// channels, complex numbers, user-defined types.
//
// Parsing resolves function names, so an unknown function is a parse error with line:column. A
// parsed Template is immutable and may be rendered from many threads at once.
// Bounds: 64 KiB of source, nesting 100, and per render 1 MiB of output and 1,000,000 actions.
// Source of the semantics: Go's text/template documentation.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/types/result.h"
#include "query/template/value.h"

namespace sluice::query {

// A function callable from templates. Arguments are already counted against min/max.
struct TemplateFunction {
  std::size_t min_args = 0;
  std::size_t max_args = 0;  // variadic_args: any number
  std::function<Result<TemplateValue>(std::span<const TemplateValue>)> call;
};
inline constexpr std::size_t variadic_args = static_cast<std::size_t>(-1);

using FunctionTable = std::map<std::string, TemplateFunction, std::less<>>;

// and-or-not, comparisons, len, index, slice, print, printf, println, html, urlquery, js: always
// there.
const FunctionTable& builtin_functions();
// Those LogQL documents for line_format and label_format (builtin ones included).
const FunctionTable& logql_functions();
// Those Prometheus documents for alert templates, without the ones that query (builtin included).
const FunctionTable& alert_functions();

class Template {
 public:
  // `functions` is copied as far as the text uses it. Error(parse): "1:15: function ...".
  static Result<Template> parse(std::string_view text, const FunctionTable& functions);

  // `dot` is {{ . }} and $; `variables` are predefined ones such as {"$labels", ...}. Their names
  // must also have been declared to parse() by a {{ $labels := .Labels }} prelude, or be given in
  // `predeclared` there; see parse_with_variables.
  Result<std::string> render(const TemplateValue& dot,
                             const std::map<std::string, TemplateValue>& variables = {}) const;

  // The same with variables that render() will be given ("$labels", "$value").
  static Result<Template> parse_with_variables(std::string_view text,
                                               const FunctionTable& functions,
                                               const std::vector<std::string>& predeclared);

  struct Program;

 private:
  explicit Template(std::shared_ptr<const Program> program) : program_(std::move(program)) {}
  std::shared_ptr<const Program> program_;
};

}  // namespace sluice::query
