#include "query/template/functions.h"

#include <cmath>

namespace sluice::query {

namespace tmpl {

Result<double> number_arg(Args args, std::size_t i) {
  if (auto n = args[i].number()) return *n;
  return invalid_argument("argument " + std::to_string(i + 1) + " is not a number: \"" +
                          args[i].text() + "\"");
}

Result<std::int64_t> int_arg(Args args, std::size_t i) {
  if (auto* integer = args[i].as_int()) return *integer;
  SLUICE_TRY(const double n, number_arg(args, i));
  if (!(std::fabs(n) < 9e18))
    return invalid_argument("argument " + std::to_string(i + 1) +
                            " is out of range: " + args[i].text());
  return static_cast<std::int64_t>(n);
}

}  // namespace tmpl

namespace {

FunctionTable make(std::initializer_list<void (*)(FunctionTable&)> families) {
  FunctionTable table;
  for (auto* add : families) add(table);
  return table;
}

}  // namespace

const FunctionTable& builtin_functions() {
  static const FunctionTable table = make({tmpl::add_builtin});
  return table;
}

const FunctionTable& logql_functions() {
  static const FunctionTable table =
      make({tmpl::add_builtin, tmpl::add_text, tmpl::add_math, tmpl::add_time, tmpl::add_json});
  return table;
}

const FunctionTable& alert_functions() {
  static const FunctionTable table = make({tmpl::add_builtin, tmpl::add_humanize});
  return table;
}

}  // namespace sluice::query
