// Functions of one value: abs, ceil, clamp, exp, the trigonometric ones, ...
#include <cmath>
#include <limits>
#include <numbers>

#include "query/engine/functions.h"

namespace sluice::query {

namespace {

using Row = std::span<const double>;

template <double (*fn)(double)>
double plain(double v, Row) {
  return fn(v);
}

double round_to(double v, Row row) {
  // Multiplying by the inverse keeps round(x, 0.1) free of representation noise, as upstream.
  const double inverse = 1 / (row.empty() ? 1.0 : row[0]);
  return std::floor(v * inverse + 0.5) / inverse;
}

// NaN on either side wins, unlike with std::max and fmax, but against what nothing can beat. (Go's
// math.Max and Min.)
double max_of(double a, double b) {
  constexpr double most = std::numeric_limits<double>::infinity();
  if (a == most || b == most) return most;
  return std::isnan(a) || std::isnan(b) ? a + b : std::fmax(a, b);
}
double min_of(double a, double b) {
  constexpr double least = -std::numeric_limits<double>::infinity();
  if (a == least || b == least) return least;
  return std::isnan(a) || std::isnan(b) ? a + b : std::fmin(a, b);
}

double clamp(double v, Row row) {
  if (row[1] < row[0]) return absent_value;
  return max_of(row[0], min_of(row[1], v));
}
double clamp_max(double v, Row row) {
  return min_of(row[0], v);
}
double clamp_min(double v, Row row) {
  return max_of(row[0], v);
}
double sgn(double v, Row) {
  return v < 0 ? -1 : v > 0 ? 1 : v;
}
double deg(double v, Row) {
  return v * 180 / std::numbers::pi;
}
double rad(double v, Row) {
  return v * std::numbers::pi / 180;
}

Result<EvalValue> pi(const FunctionCall& call) {
  return EvalValue{ScalarColumn(call.grid.steps, std::numbers::pi)};
}

Function element(std::string_view name, ElementFn fn) {
  return {name, ValueType::instant_vector, {ValueType::instant_vector}, 0, fn};
}

std::vector<Function> trigonometric() {
  return {element("acos", plain<std::acos>),
          element("acosh", plain<std::acosh>),
          element("asin", plain<std::asin>),
          element("asinh", plain<std::asinh>),
          element("atan", plain<std::atan>),
          element("atanh", plain<std::atanh>),
          element("cos", plain<std::cos>),
          element("cosh", plain<std::cosh>),
          element("sin", plain<std::sin>),
          element("sinh", plain<std::sinh>),
          element("tan", plain<std::tan>),
          element("tanh", plain<std::tanh>),
          element("deg", deg),
          element("rad", rad)};
}

}  // namespace

std::vector<Function> math_functions() {
  const auto vector = ValueType::instant_vector;
  const auto scalar = ValueType::scalar;
  std::vector<Function> functions = {element("abs", plain<std::fabs>),
                                     element("ceil", plain<std::ceil>),
                                     element("floor", plain<std::floor>),
                                     element("exp", plain<std::exp>),
                                     element("ln", plain<std::log>),
                                     element("log2", plain<std::log2>),
                                     element("log10", plain<std::log10>),
                                     element("sqrt", plain<std::sqrt>),
                                     element("sgn", sgn),
                                     Function{"round", vector, {vector, scalar}, 1, round_to},
                                     Function{"clamp", vector, {vector, scalar, scalar}, 0, clamp},
                                     Function{"clamp_max", vector, {vector, scalar}, 0, clamp_max},
                                     Function{"clamp_min", vector, {vector, scalar}, 0, clamp_min},
                                     Function{"pi", scalar, {}, 0, pi}};
  for (Function& function : trigonometric()) functions.push_back(std::move(function));
  return functions;
}

}  // namespace sluice::query
