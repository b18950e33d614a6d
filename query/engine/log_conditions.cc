// conditions_of: what the label filters behind a parser say of one field alone.
//
// A row may be left out by a condition only if its line would be dropped, so address filters, which
// let lines with an error pass, give none.

#include <algorithm>

#include "query/engine/log_pushdown.h"
#include "query/logql/label_filter.h"

namespace sluice::query {

namespace {

using logql::Verdict;

void flatten(const LabelFilterPtr& filter, std::vector<LabelFilterPtr>& conjuncts) {
  if (const auto* both = std::get_if<AndLabelFilter>(&filter->node)) {
    flatten(both->lhs, conjuncts);
    flatten(both->rhs, conjuncts);
  } else {
    conjuncts.push_back(filter);
  }
}

// What a filter compares.
struct Leaves {
  std::vector<const LabelMatcher*> matchers;
  std::vector<const NumberLabelFilter*> numbers;
  bool addresses = false;

  void add(const LabelFilterExpr& filter) {
    if (const auto* matcher = std::get_if<LabelMatcher>(&filter.node)) {
      matchers.push_back(matcher);
    } else if (const auto* number = std::get_if<NumberLabelFilter>(&filter.node)) {
      numbers.push_back(number);
    } else if (std::holds_alternative<AddressLabelFilter>(filter.node)) {
      addresses = true;
    } else if (const auto* both = std::get_if<AndLabelFilter>(&filter.node)) {
      add(*both->lhs), add(*both->rhs);
    } else {
      const auto& either = std::get<OrLabelFilter>(filter.node);
      add(*either.lhs), add(*either.rhs);
    }
  }
  // The one label compared; "" if there are several.
  std::string_view name() const {
    const std::string_view first = matchers.empty() ? std::string_view(numbers.front()->label)
                                                    : std::string_view(matchers.front()->name());
    const bool one = std::all_of(matchers.begin(), matchers.end(),
                                 [&](const auto* matcher) { return matcher->name() == first; }) &&
                     std::all_of(numbers.begin(), numbers.end(),
                                 [&](const auto* number) { return number->label == first; });
    return one ? first : std::string_view();
  }
};

// Either absent, or a text, or (text null) a number.
struct Given {
  const std::string_view* text = nullptr;
  const double* number = nullptr;
};

Verdict of_leaf(const LabelMatcher& matcher, const Given& given) {
  const bool holds = given.text != nullptr ? matcher.matches(*given.text) : matcher.matches_empty();
  return holds ? Verdict::pass : Verdict::drop;
}

Verdict of_leaf(const NumberLabelFilter& filter, const Given& given) {
  if (given.text != nullptr) return logql::judge(filter, *given.text);
  if (given.number == nullptr) return Verdict::drop;
  return logql::compare(filter.op, *given.number, filter.value) ? Verdict::pass : Verdict::drop;
}

Verdict verdict_of(const LabelFilterExpr& filter, const Given& given) {
  if (const auto* both = std::get_if<AndLabelFilter>(&filter.node)) {
    const Verdict lhs = verdict_of(*both->lhs, given);
    return lhs == Verdict::pass ? verdict_of(*both->rhs, given) : lhs;
  }
  if (const auto* either = std::get_if<OrLabelFilter>(&filter.node)) {
    const Verdict lhs = verdict_of(*either->lhs, given);
    return lhs == Verdict::drop ? verdict_of(*either->rhs, given) : lhs;
  }
  if (const auto* matcher = std::get_if<LabelMatcher>(&filter.node))
    return of_leaf(*matcher, given);
  return of_leaf(std::get<NumberLabelFilter>(filter.node), given);
}

using Texts = std::optional<std::vector<std::string>>;

// The texts that pass, if they are listed.
Texts texts_of(const LabelFilterExpr& filter) {
  if (const auto* matcher = std::get_if<LabelMatcher>(&filter.node)) {
    if (matcher->op() != MatchOp::equal || matcher->value().empty()) return std::nullopt;
    return std::vector<std::string>{matcher->value()};
  }
  const auto* either = std::get_if<OrLabelFilter>(&filter.node);
  if (either == nullptr) return std::nullopt;
  Texts texts = texts_of(*either->lhs);
  const Texts more = texts_of(*either->rhs);
  if (!texts || !more) return std::nullopt;
  texts->insert(texts->end(), more->begin(), more->end());
  return texts;
}

FieldCondition condition(std::size_t field, const LabelFilterPtr& filter, const Leaves& leaves) {
  FieldCondition made;
  made.field = field;
  made.passes = [filter](std::string_view text) {
    return verdict_of(*filter, {.text = &text}) != Verdict::drop;
  };
  const bool plain = leaves.matchers.empty() &&
                     std::all_of(leaves.numbers.begin(), leaves.numbers.end(), [](const auto* n) {
                       return n->unit == NumberLabelFilter::Unit::number;
                     });
  if (plain)
    made.number_passes = [filter](double number) {
      return verdict_of(*filter, {.number = &number}) != Verdict::drop;
    };
  made.absent_passes = verdict_of(*filter, {}) != Verdict::drop;
  made.texts = texts_of(*filter);
  return made;
}

class Conditions {
 public:
  explicit Conditions(const LogPushdown& pushdown) : pushdown_(pushdown) {}

  void add(const LabelFilterPtr& conjunct, const LogPushdown::Filter& place) {
    Leaves leaves;
    leaves.add(*conjunct);
    // They are looked for in text, besides, which the store has no better way to do.
    if (leaves.addresses) return;
    const auto field = field_of(leaves.name());
    if (!place.parsed || !field || pushdown_.removed(leaves.name(), place.selections)) return;
    conditions_.push_back(condition(*field, conjunct, leaves));
  }
  std::vector<FieldCondition> take() { return std::move(conditions_); }

 private:
  std::optional<std::size_t> field_of(std::string_view name) const {
    const auto& fields = pushdown_.projection().fields;
    for (std::size_t i = 0; i < fields.size(); ++i)
      if (fields[i].name == name) return i;
    return std::nullopt;
  }

  const LogPushdown& pushdown_;
  std::vector<FieldCondition> conditions_;
};

}  // namespace

std::vector<FieldCondition> conditions_of(const LogPushdown& pushdown) {
  Conditions conditions(pushdown);
  for (const auto& place : pushdown.filters()) {
    std::vector<LabelFilterPtr> conjuncts;
    flatten(place.filter, conjuncts);
    for (const auto& conjunct : conjuncts) conditions.add(conjunct, place);
  }
  return conditions.take();
}

}  // namespace sluice::query
