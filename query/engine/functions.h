// The function table: every function's signature and implementation, one file per family (fn_*.cc).
//
// Parsers check calls against the signatures; the evaluator runs the implementations. Adding a
// function means adding it to its family's list.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "query/ast/expr.h"
#include "query/engine/evaluator.h"
#include "query/engine/histogram_ops.h"

namespace sluice::query {

// What calls of range functions over one series leave behind beside their values.
struct WindowOutput {
  HistogramList histograms;  // those the results name
  // What the annotations of the result will say:
  bool mixed = false;          // floats and histograms
  bool mixed_schemas = false;  // exponential and custom buckets
  bool not_counter = false;
  bool not_gauge = false;
  bool ignored = false;  // histograms beside floats
  HistogramNotes subtraction;
  HistogramNotes aggregation;
};

// What a range function sees at one step: the samples in (start_ms, end_ms], at least one.
struct Window {
  std::span<const Sample> samples;
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  std::int64_t eval_ms = 0;            // the step itself, without offset or @
  std::span<const double> parameters;  // the scalar arguments at this step
  const HistogramList& histograms;     // those the samples name
  WindowOutput& out;

  const NativeHistogram* histogram(const Sample& sample) const {
    return is_histogram(sample.value) ? histograms[histogram_place(sample.value)].get() : nullptr;
  }
  // The value by which a result names a histogram.
  double emit(NativeHistogram histogram) const {
    return add_histogram(out.histograms,
                         std::make_shared<const NativeHistogram>(std::move(histogram)));
  }
};
// Returns absent_value for "no result".
using RangeFn = double (*)(const Window&);
// One value to one value, with the scalar arguments at this step.
using ElementFn = double (*)(double value, std::span<const double> parameters);

struct FunctionCall {
  Evaluator& evaluator;
  const Call& call;
  const Expr& expr;  // the call itself, for its position
  const StepGrid& grid;
  const Expr& argument(std::size_t i) const { return *call.arguments[i]; }
  std::size_t size() const { return call.arguments.size(); }
};
// Anything else.
using GeneralFn = Result<EvalValue> (*)(const FunctionCall&);

// What a range function makes of native histograms.
enum class HistogramUse {
  ignored,   // it sees the floats
  any,       // it sees floats and histograms alike
  separate,  // windows with a histogram go to a function of their own
};

struct Function {
  std::string_view name;
  ValueType returns = ValueType::instant_vector;
  std::vector<ValueType> arguments;
  // 0: exactly these; n > 0: the last may be left out or stand up to n times; -1: any number.
  int variadic = 0;
  std::variant<RangeFn, ElementFn, GeneralFn> implementation;
  bool keeps_name = false;
  HistogramUse histograms = HistogramUse::ignored;
  RangeFn of_histograms = nullptr;
  // For selectors with a modifier; null: it takes none.
  RangeFn extended = nullptr;
  RangeFn smoothed = nullptr;
};

// Null for an unknown name.
const Function* find_function(std::string_view name);
// The index of the range vector among a range function's arguments.
std::size_t range_argument(const Function& function);

Result<EvalValue> eval_call(Evaluator& evaluator, const Call& call, const Expr& expr,
                            const StepGrid& grid);
// A call of a range function, its series handed on one by one (labels not yet made unique).
Result<void> stream_range_call(Evaluator& evaluator, const Call& call, const StepGrid& grid,
                               const SeriesSink& sink);

// The same of an element function.
Result<void> stream_element_call(Evaluator& evaluator, const Call& call, const StepGrid& grid,
                                 const SeriesSink& sink);

// The families.
std::vector<Function> rate_functions();
std::vector<Function> over_time_functions();
std::vector<Function> regression_functions();
std::vector<Function> math_functions();
std::vector<Function> time_functions();
std::vector<Function> vector_functions();
std::vector<Function> absent_functions();
std::vector<Function> sort_functions();
std::vector<Function> label_functions();
std::vector<Function> histogram_functions();
std::vector<Function> info_functions();
std::vector<Function> query_functions();

}  // namespace sluice::query
