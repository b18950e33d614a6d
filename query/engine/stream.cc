// Evaluator::stream: which expressions give their series one by one, and which of those in parts.
#include <algorithm>
#include <atomic>

#include "query/engine/binary.h"
#include "query/engine/evaluator.h"
#include "query/engine/functions.h"
#include "query/engine/worker_team.h"

namespace sluice::query {

namespace {

// What is known of the labels of a streamed vector. Series are handed on one by one only where no
// two of them can be alike, for nobody looks whether they are.
enum class Unlike {
  no,       // not known, or not streamed
  named,    // all differ, perhaps in their names only
  nameless  // all differ without their names
};

Unlike of_selector(const VectorSelector& selector) {
  const bool one_name =
      std::any_of(selector.matchers.begin(), selector.matchers.end(), [](const LabelMatcher& m) {
        return m.name() == metric_name_label && m.op() == MatchOp::equal;
      });
  return one_name ? Unlike::nameless : Unlike::named;
}

// After a function that drops the name; where that is delayed, it is still there.
Unlike without_name(Unlike unlike, bool delayed) {
  return unlike == Unlike::nameless || delayed ? unlike : Unlike::no;
}

Unlike unlike(const Expr& expr, bool delayed);

Unlike of_call(const Call& call, bool delayed) {
  const Function* function = find_function(call.function);
  if (!function) return Unlike::no;
  if (std::holds_alternative<ElementFn>(function->implementation))
    return without_name(unlike(*call.arguments[0], delayed), delayed);
  if (!std::holds_alternative<RangeFn>(function->implementation)) return Unlike::no;
  const Expr& range = strip_parens(*call.arguments[range_argument(*function)]);
  const auto* matrix = std::get_if<MatrixSelector>(&range.node);
  if (!matrix) return function->keeps_name ? Unlike::named : Unlike::no;
  const Unlike selected = of_selector(matrix->selector);
  return function->keeps_name ? selected : without_name(selected, delayed);
}

// Of a vector and a scalar. Logs have an arithmetic of their own and are read elsewhere.
Unlike of_binary(const Binary& binary, bool delayed) {
  const bool left = binary.lhs->type == ValueType::instant_vector;
  const bool right = binary.rhs->type == ValueType::instant_vector;
  if (left == right || binary.logql) return Unlike::no;
  if (reads_logs(*binary.lhs) || reads_logs(*binary.rhs)) return Unlike::no;
  const Unlike vector = unlike(left ? *binary.lhs : *binary.rhs, delayed);
  const Arithmetic arithmetic{binary.op, binary.return_bool};
  return arithmetic.drops_name() ? without_name(vector, delayed) : vector;
}

Unlike unlike(const Expr& expr, bool delayed) {
  const Expr& inner = strip_parens(expr);
  if (const auto* selector = std::get_if<VectorSelector>(&inner.node))
    return of_selector(*selector);
  if (const auto* call = std::get_if<Call>(&inner.node)) return of_call(*call, delayed);
  if (const auto* binary = std::get_if<Binary>(&inner.node)) return of_binary(*binary, delayed);
  return Unlike::no;
}

bool is_number_literal(const Expr& expr) {
  return std::holds_alternative<NumberLiteral>(strip_parens(expr).node);
}

// The one selector that the streamed expression reads, if all else in it are numbers: with whatever
// else reads samples a part could not tell which of them is its own.
const Expr* only_selector(const Expr& expr) {
  const Expr& inner = strip_parens(expr);
  if (std::holds_alternative<VectorSelector>(inner.node) ||
      std::holds_alternative<MatrixSelector>(inner.node))
    return &inner;
  if (const auto* binary = std::get_if<Binary>(&inner.node)) {
    if (is_number_literal(*binary->lhs)) return only_selector(*binary->rhs);
    return is_number_literal(*binary->rhs) ? only_selector(*binary->lhs) : nullptr;
  }
  const auto* call = std::get_if<Call>(&inner.node);
  if (!call) return nullptr;
  const Expr* found = nullptr;
  for (const ExprPtr& argument : call->arguments) {
    if (is_number_literal(*argument)) continue;
    if (found) return nullptr;
    found = only_selector(*argument);
    if (!found) return nullptr;
  }
  return found;
}

}  // namespace

Result<void> Evaluator::stream(const Expr& expr, const StepGrid& grid, const SeriesSink& sink) {
  const Expr& inner = strip_parens(expr);
  if (const auto* selector = std::get_if<VectorSelector>(&inner.node))
    return stream_selector(*selector, grid, false, sink);
  if (unlike(inner, options_.delayed_name_removal) != Unlike::no) {
    if (const auto* binary = std::get_if<Binary>(&inner.node))
      return stream_with_scalar(*this, *binary, inner.span, grid, sink);
    const auto& call = std::get<Call>(inner.node);
    const bool range =
        std::holds_alternative<RangeFn>(find_function(call.function)->implementation);
    return range ? stream_range_call(*this, call, grid, sink)
                 : stream_element_call(*this, call, grid, sink);
  }
  SLUICE_TRY(auto vector, eval_vector(inner, grid));
  for (GridSeries& series : vector) {
    SLUICE_CHECK(account(-bytes_of(series)));  // it goes to whoever takes it
    SLUICE_CHECK(sink(std::move(series)));
  }
  return {};
}

Result<std::vector<std::unique_ptr<SeriesCursor>>> Evaluator::divide(const Expr& expr,
                                                                     const StepGrid& grid) {
  std::vector<std::unique_ptr<SeriesCursor>> parts;
  if (options_.threads < 2 || unlike(expr, options_.delayed_name_removal) == Unlike::no)
    return parts;
  const Expr* selected = only_selector(expr);
  if (!selected) return parts;
  const auto* matrix = std::get_if<MatrixSelector>(&selected->node);
  const VectorSelector& selector =
      matrix ? matrix->selector : std::get<VectorSelector>(selected->node);
  SLUICE_TRY(const Windows windows,
             matrix ? range_windows(*selected, grid) : selector_windows(selector, grid));
  SLUICE_TRY(auto cursor, open_cursor(selector.matchers, windows));
  parts = cursor->split(options_.threads);
  // Not divided: what is open already is read as it is.
  if (parts.empty()) given_ = std::move(cursor);
  return parts;
}

void Evaluator::join(Evaluator& part) {
  held_ += part.held_;
  for (std::string& info : part.infos_)
    if (std::find(infos_.begin(), infos_.end(), info) == infos_.end())
      infos_.push_back(std::move(info));
}

Result<void> Evaluator::stream_parts(const Expr& expr, const StepGrid& grid,
                                     const PartSink& sink_of) {
  SLUICE_TRY(auto cursors, divide(expr, grid));
  if (cursors.empty()) return stream(expr, grid, sink_of(0, *this));
  std::vector<std::unique_ptr<Evaluator>> parts;
  std::vector<SeriesSink> sinks;
  for (auto& cursor : cursors) {
    parts.push_back(
        std::make_unique<Evaluator>(sources_, options_, tenant_, bounds_, text_, context_));
    parts.back()->given_ = std::move(cursor);
    parts.back()->samples_ = samples_;
    sinks.push_back(sink_of(sinks.size(), *parts.back()));
  }
  std::vector<Result<void>> done(parts.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < parts.size(); i = next++)
      done[i] = parts[i]->stream(expr, grid, sinks[i]);
  };
  run_team(context_.limits().helpers, parts.size() - 1, work, work);
  for (auto& part : parts) join(*part);
  for (Result<void>& one : done) SLUICE_CHECK(std::move(one));
  return {};
}

}  // namespace sluice::query
