// Arithmetic functions that LogQL documents; integers stay integers, the ...f forms are floats.
#include <cmath>

#include "base/types/time.h"
#include "query/template/functions.h"

namespace sluice::query::tmpl {

namespace {

template <class Fold>
TemplateFunction integers(std::size_t min_args, std::size_t max_args, Fold fold) {
  return {min_args, max_args, [fold](Args a) -> Result<TemplateValue> {
            SLUICE_TRY(std::int64_t result, int_arg(a, 0));
            for (std::size_t i = 1; i < a.size(); ++i) {
              SLUICE_TRY(const auto next, int_arg(a, i));
              SLUICE_TRY(result, fold(result, next));
            }
            return TemplateValue(result);
          }};
}

template <class Fold>
TemplateFunction floats(Fold fold) {
  return {1, variadic_args, [fold](Args a) -> Result<TemplateValue> {
            SLUICE_TRY(double result, number_arg(a, 0));
            for (std::size_t i = 1; i < a.size(); ++i) {
              SLUICE_TRY(const auto next, number_arg(a, i));
              result = fold(result, next);
            }
            return TemplateValue(result);
          }};
}

using Integer = Result<std::int64_t>;

// Wraps around like Go's int64 does.
std::int64_t wrap(std::uint64_t v) {
  return static_cast<std::int64_t>(v);
}
std::uint64_t bits(std::int64_t v) {
  return static_cast<std::uint64_t>(v);
}

Integer divide(std::int64_t a, std::int64_t b) {
  if (b == 0) return invalid_argument("integer divide by zero");
  return b == -1 ? wrap(0 - bits(a)) : a / b;
}
Integer modulo(std::int64_t a, std::int64_t b) {
  if (b == 0) return invalid_argument("integer divide by zero");
  return b == -1 ? 0 : a % b;
}

template <class F>
TemplateFunction rounding(F f) {
  return {1, 1, [f](Args a) -> Result<TemplateValue> {
            SLUICE_TRY(const double v, number_arg(a, 0));
            return TemplateValue(f(v));
          }};
}

// round VALUE PLACES
Result<TemplateValue> round_to(Args a) {
  SLUICE_TRY(const double value, number_arg(a, 0));
  SLUICE_TRY(const auto places, int_arg(a, 1));
  const double scale = std::pow(10.0, static_cast<double>(places));
  return TemplateValue(std::floor(value * scale + 0.5) / scale);
}

Result<TemplateValue> duration_seconds(Args a) {
  auto d = parse_go_duration(text_arg(a, 0));
  if (!d) return std::move(d).error();
  return TemplateValue(static_cast<double>(d->count()) / 1e9);
}

Result<TemplateValue> to_int(Args a) {
  if (!a[0].number()) return TemplateValue(std::int64_t{0});
  SLUICE_TRY(const auto v, int_arg(a, 0));
  return TemplateValue(v);
}
Result<TemplateValue> to_float(Args a) {
  return TemplateValue(a[0].number().value_or(0));
}

}  // namespace

void add_math(FunctionTable& table) {
  table["add"] =
      integers(1, variadic_args, [](auto a, auto b) -> Integer { return wrap(bits(a) + bits(b)); });
  table["sub"] = integers(2, 2, [](auto a, auto b) -> Integer { return wrap(bits(a) - bits(b)); });
  table["mul"] =
      integers(1, variadic_args, [](auto a, auto b) -> Integer { return wrap(bits(a) * bits(b)); });
  table["div"] = integers(2, 2, divide);
  table["mod"] = integers(2, 2, modulo);
  table["max"] =
      integers(1, variadic_args, [](auto a, auto b) -> Integer { return std::max(a, b); });
  table["min"] =
      integers(1, variadic_args, [](auto a, auto b) -> Integer { return std::min(a, b); });
  table["addf"] = floats([](double a, double b) { return a + b; });
  table["subf"] = floats([](double a, double b) { return a - b; });
  table["mulf"] = floats([](double a, double b) { return a * b; });
  table["divf"] = floats([](double a, double b) { return a / b; });
  table["maxf"] = floats([](double a, double b) { return std::fmax(a, b); });
  table["minf"] = floats([](double a, double b) { return std::fmin(a, b); });
  table["ceil"] = rounding([](double v) { return std::ceil(v); });
  table["floor"] = rounding([](double v) { return std::floor(v); });
  table["round"] = {2, 2, round_to};
  table["int"] = {1, 1, to_int};
  table["float64"] = {1, 1, to_float};
  table["duration"] = table["duration_seconds"] = {1, 1, duration_seconds};
}

}  // namespace sluice::query::tmpl
