// Binary operators where a native histogram stands on a side.
#include "query/engine/binary.h"
#include "query/engine/histogram_notes.h"

namespace sluice::query {

namespace {

std::string_view kind_of(const Operand& operand) {
  return operand.histogram ? "histogram" : "float";
}

void note_incompatible(const Arithmetic& arithmetic, const Operand& a, const Operand& b,
                       HistogramArithmetic& out) {
  std::string text = "incompatible sample types encountered for binary operator \"";
  text += to_string(arithmetic.op);
  text += "\": ";
  text += kind_of(a);
  text += " ";
  text += to_string(arithmetic.op);
  text += " ";
  text += kind_of(b);
  out.incompatible = std::move(text);
}

double emit(NativeHistogram histogram, GridSeries& out) {
  compact(histogram);
  return add_histogram(out.histograms,
                       std::make_shared<const NativeHistogram>(std::move(histogram)));
}

// Two histograms: they add, subtract and compare for equality.
std::optional<double> combine_both(const Arithmetic& arithmetic, const Operand& a, const Operand& b,
                                   GridSeries& series, HistogramArithmetic& out) {
  const bool wanted_equal = arithmetic.op == BinaryOp::eq;
  if (wanted_equal || arithmetic.op == BinaryOp::ne) {
    const bool holds = equal(*a.histogram, *b.histogram) == wanted_equal;
    if (arithmetic.return_bool) return holds ? 1 : 0;
    return holds ? emit(*a.histogram, series) : absent_value;
  }
  const bool addition = arithmetic.op == BinaryOp::add;
  if (!addition && arithmetic.op != BinaryOp::sub) return std::nullopt;
  NativeHistogram result = *a.histogram;
  const bool done = addition ? add_to(result, *b.histogram, out.addition)
                             : subtract_from(result, *b.histogram, out.subtraction);
  if (!done) out.mixed_schemas = true;
  return done ? emit(std::move(result), series) : absent_value;
}

// One histogram: it is multiplied by a float or divided by one.
std::optional<double> combine_scaled(const Arithmetic& arithmetic, const Operand& a,
                                     const Operand& b, GridSeries& series) {
  const bool divided = arithmetic.op == BinaryOp::div && a.histogram;
  if (!divided && arithmetic.op != BinaryOp::mul) return std::nullopt;
  NativeHistogram result = a.histogram ? *a.histogram : *b.histogram;
  const double factor = a.histogram ? b.value : a.value;
  if (divided)
    divide(result, factor);
  else
    multiply(result, factor);
  return emit(std::move(result), series);
}

// A histogram cut at a float.
std::optional<double> combine_trimmed(const Arithmetic& arithmetic, const Operand& a,
                                      const Operand& b, GridSeries& series) {
  if (!a.histogram || b.histogram) return std::nullopt;
  const bool upper = arithmetic.op == BinaryOp::trim_upper;
  return emit(trimmed(*a.histogram, b.value, upper ? Trim::upper : Trim::lower), series);
}

}  // namespace

double apply_to_histograms(const Arithmetic& arithmetic, const Operand& a, const Operand& b,
                           GridSeries& series, HistogramArithmetic& out) {
  const auto combined = [&] {
    if (is_trim(arithmetic.op)) return combine_trimmed(arithmetic, a, b, series);
    return a.histogram && b.histogram ? combine_both(arithmetic, a, b, series, out)
                                      : combine_scaled(arithmetic, a, b, series);
  };
  const auto result = combined();
  if (result) return *result;
  note_incompatible(arithmetic, a, b, out);
  return absent_value;
}

void note_arithmetic(Evaluator& evaluator, const HistogramArithmetic& notes, SourceSpan where) {
  if (!notes.incompatible.empty()) evaluator.info(notes.incompatible, where);
  if (notes.mixed_schemas)
    evaluator.warn(
        "vector contains a mix of histograms with exponential and custom buckets "
        "schemas",
        where);
  note_operation(evaluator, notes.addition, "addition", where);
  note_operation(evaluator, notes.subtraction, "subtraction", where);
}

}  // namespace sluice::query
