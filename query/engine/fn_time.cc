// time, timestamp and the calendar functions (UTC).
#include <chrono>
#include <cmath>

#include "query/engine/functions.h"

namespace sluice::query {

namespace {

double step_seconds(const StepGrid& grid, std::size_t step) {
  return static_cast<double>(grid.at(step)) / 1000;
}

Result<EvalValue> time_now(const FunctionCall& call) {
  ScalarColumn column(call.grid.steps);
  for (std::size_t i = 0; i < column.size(); ++i) column[i] = step_seconds(call.grid, i);
  return EvalValue{std::move(column)};
}

Result<GridVector> timestamps(const FunctionCall& call) {
  const Expr& argument = strip_parens(call.argument(0));
  if (const auto* selector = std::get_if<VectorSelector>(&argument.node))
    return call.evaluator.eval_timestamps(*selector, call.grid);
  SLUICE_TRY(auto vector, call.evaluator.eval_vector(argument, call.grid));
  for (GridSeries& series : vector)
    for (std::size_t i = 0; i < series.values.size(); ++i)
      if (!is_absent(series.values[i])) series.values[i] = step_seconds(call.grid, i);
  return vector;
}

Result<EvalValue> timestamp(const FunctionCall& call) {
  SLUICE_TRY(auto vector, timestamps(call));
  SLUICE_CHECK(call.evaluator.drop_names(vector));
  return EvalValue{std::move(vector)};
}

// A point in time taken apart. Nothing for times no calendar holds.
struct Calendar {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<std::chrono::seconds> clock;
  std::chrono::sys_days day;

  static std::optional<Calendar> at(double seconds) {
    if (!(std::fabs(seconds) < 1e11)) return std::nullopt;  // years -1199 to 5138
    const std::chrono::sys_seconds when{std::chrono::seconds{static_cast<std::int64_t>(seconds)}};
    const auto day = std::chrono::floor<std::chrono::days>(when);
    return Calendar{std::chrono::year_month_day{day},
                    std::chrono::hh_mm_ss<std::chrono::seconds>{when - day}, day};
  }
};

double minute(const Calendar& c) {
  return static_cast<double>(c.clock.minutes().count());
}
double hour(const Calendar& c) {
  return static_cast<double>(c.clock.hours().count());
}
double day_of_month(const Calendar& c) {
  return static_cast<unsigned>(c.date.day());
}
double day_of_week(const Calendar& c) {
  return std::chrono::weekday{c.day}.c_encoding();
}
double month(const Calendar& c) {
  return static_cast<unsigned>(c.date.month());
}
double year(const Calendar& c) {
  return static_cast<int>(c.date.year());
}
double day_of_year(const Calendar& c) {
  const auto first = std::chrono::sys_days{c.date.year() / std::chrono::January / 1};
  return static_cast<double>((c.day - first).count() + 1);
}
double days_in_month(const Calendar& c) {
  const auto last =
      std::chrono::year_month_day_last{c.date.year(), std::chrono::month_day_last{c.date.month()}};
  return static_cast<unsigned>(last.day());
}

using CalendarFn = double (*)(const Calendar&);

template <CalendarFn fn>
double of_seconds(double seconds) {
  const auto calendar = Calendar::at(seconds);
  return calendar ? fn(*calendar) : std::numeric_limits<double>::quiet_NaN();
}

// Without an argument: of the evaluation time.
template <CalendarFn fn>
Result<EvalValue> calendar(const FunctionCall& call) {
  GridVector vector;
  if (call.size() == 0) {
    GridSeries now{{}, std::vector<double>(call.grid.steps)};
    for (std::size_t i = 0; i < now.values.size(); ++i) now.values[i] = step_seconds(call.grid, i);
    vector.push_back(std::move(now));
  } else {
    SLUICE_TRY(vector, call.evaluator.eval_vector(call.argument(0), call.grid));
  }
  for (GridSeries& series : vector)
    for (double& v : series.values)
      if (!is_absent(v)) v = is_histogram(v) ? absent_value : of_seconds<fn>(v);
  drop_empty(vector);
  SLUICE_CHECK(call.evaluator.drop_names(vector));
  return EvalValue{std::move(vector)};
}

template <CalendarFn fn>
Function calendar_function(std::string_view name) {
  return {name, ValueType::instant_vector, {ValueType::instant_vector}, 1, &calendar<fn>};
}

}  // namespace

std::vector<Function> time_functions() {
  return {
      Function{"time", ValueType::scalar, {}, 0, time_now},
      Function{"timestamp", ValueType::instant_vector, {ValueType::instant_vector}, 0, timestamp},
      calendar_function<minute>("minute"),
      calendar_function<hour>("hour"),
      calendar_function<day_of_week>("day_of_week"),
      calendar_function<day_of_month>("day_of_month"),
      calendar_function<day_of_year>("day_of_year"),
      calendar_function<days_in_month>("days_in_month"),
      calendar_function<month>("month"),
      calendar_function<year>("year")};
}

}  // namespace sluice::query
