#include "daemon/storage/columns/filter_search.h"

#include <algorithm>

#include "daemon/storage/columns/regex_literals.h"

namespace sluice::storage {

using query::LineOp;
using Verdict = NeedleSearch::Verdict;

FilterSearch::FilterSearch(const query::LineFilter& filter, std::span<const LineTemplate> templates,
                           ConditionTexts& texts)
    : negative_(filter.op == LineOp::not_contains || filter.op == LineOp::not_regex),
      templates_(templates) {
  for (std::size_t i = 0; i < filter.values.size(); ++i) add_item(filter, i, texts);
}

FilterSearch::AnyOf FilterSearch::any_of(const std::vector<Needle>& needles,
                                         ConditionTexts& texts) const {
  AnyOf searches;
  searches.reserve(needles.size());
  for (const Needle& needle : needles) searches.emplace_back(needle, templates_, texts);
  return searches;
}

void FilterSearch::add_item(const query::LineFilter& filter, std::size_t index,
                            ConditionTexts& texts) {
  Item item;
  if (filter.regexes.empty()) {
    item.clauses.push_back(any_of({{filter.values[index], false}}, texts));
  } else {
    const RegexLiterals literals = regex_literals(filter.values[index]);
    for (const auto& clause : literals.clauses) item.clauses.push_back(any_of(clause, texts));
    if (!literals.exact) item.regex = filter.regexes[index];
  }
  if (item.regex) item.outcomes.resize(templates_.size());
  items_.push_back(std::move(item));
}

bool FilterSearch::runs_regexes() const {
  return std::any_of(items_.begin(), items_.end(),
                     [](const Item& item) { return item.regex != nullptr; });
}

bool FilterSearch::static_outcome(Item& item, std::uint32_t template_number) const {
  auto& outcome = item.outcomes[template_number];
  if (outcome == 0) outcome = item.regex->matches(templates_[template_number].pieces[0]) ? 2 : 1;
  return outcome == 2;
}

bool FilterSearch::always_matches(Item& item, std::uint32_t template_number) const {
  if (item.regex)
    return templates_[template_number].slots() == 0 && static_outcome(item, template_number);
  return std::all_of(item.clauses.begin(), item.clauses.end(), [&](const AnyOf& clause) {
    return std::any_of(clause.begin(), clause.end(), [&](const NeedleSearch& needle) {
      return needle.verdict(template_number) == Verdict::always;
    });
  });
}

bool FilterSearch::may_match(Item& item, const GroupView& view,
                             std::uint32_t template_number) const {
  const bool clauses =
      std::all_of(item.clauses.begin(), item.clauses.end(), [&](const AnyOf& clause) {
        return std::any_of(clause.begin(), clause.end(), [&](const NeedleSearch& needle) {
          return needle.may_occur(view, template_number);
        });
      });
  if (!clauses || !item.regex || templates_[template_number].slots() > 0) return clauses;
  return static_outcome(item, template_number);
}

bool FilterSearch::may_pass(const GroupView& view, std::uint32_t template_number) const {
  if (negative_)
    return std::none_of(items_.begin(), items_.end(),
                        [&](Item& item) { return always_matches(item, template_number); });
  return std::any_of(items_.begin(), items_.end(),
                     [&](Item& item) { return may_match(item, view, template_number); });
}

bool FilterSearch::always_passes(const GroupView& view, std::uint32_t template_number) const {
  if (negative_)
    return std::none_of(items_.begin(), items_.end(),
                        [&](Item& item) { return may_match(item, view, template_number); });
  return std::any_of(items_.begin(), items_.end(),
                     [&](Item& item) { return always_matches(item, template_number); });
}

namespace {

using Place = FilterSearch::Place;

// The rows of `within` whose rebuilt line is one that `matches`.
template <typename Matches>
Result<LocalRows> rows_by_line(const Place& place, const LocalRows& within, Matches matches) {
  RowSet hits = RowSet::none(within.rows());
  std::string line;
  Result<void> outcome;
  within.for_each([&](std::size_t row) {
    if (outcome && place.counts.context != nullptr &&
        place.counts.lines_rebuilt % query::rows_between_checks == 0)
      outcome = place.counts.context->check();
    if (!outcome) return;
    outcome = place.group.line(place.rows[row], line);
    if (outcome && matches(line)) hits.insert(row);
    ++place.counts.lines_rebuilt;
  });
  SLUICE_CHECK(outcome);
  return LocalRows::some(std::move(hits));
}

Result<LocalRows> rows_with(const Place& place, const NeedleSearch& needle,
                            const LocalRows& within) {
  const std::size_t rows = within.rows();
  switch (needle.verdict(place.template_number)) {
    case Verdict::always: return LocalRows::all(rows);
    case Verdict::unasked:
    case Verdict::never: return LocalRows::none(rows);
    case Verdict::lines:
      return rows_by_line(place, within,
                          [&](std::string_view line) { return needle.in_line(line); });
    case Verdict::columns: break;
  }
  RowSet hits = RowSet::none(rows);
  SLUICE_CHECK(needle.add_rows(place.view, place.group, place.template_number, hits, place.counts));
  return LocalRows::some(std::move(hits));
}

Result<LocalRows> rows_with_any(const Place& place, const std::vector<NeedleSearch>& needles,
                                const LocalRows& within) {
  const bool always = std::any_of(needles.begin(), needles.end(), [&](const NeedleSearch& needle) {
    return needle.verdict(place.template_number) == Verdict::always;
  });
  if (always) return LocalRows::all(within.rows());
  LocalRows hits = LocalRows::none(within.rows());
  for (const NeedleSearch& needle : needles) {
    SLUICE_TRY(const auto found, rows_with(place, needle, within));
    hits.unite(found);
  }
  return hits;
}

}  // namespace

Result<LocalRows> FilterSearch::match(const Place& place, Item& item,
                                      const LocalRows& within) const {
  LocalRows rows = within;
  for (const AnyOf& clause : item.clauses) {
    SLUICE_TRY(const auto found, rows_with_any(place, clause, rows));
    rows.intersect(found);
    if (rows.is_none()) return rows;
  }
  if (!item.regex) return rows;
  if (templates_[place.template_number].slots() == 0)
    return static_outcome(item, place.template_number) ? rows : LocalRows::none(rows.rows());
  return rows_by_line(place, rows,
                      [&](const std::string& line) { return item.regex->matches(line); });
}

Result<void> FilterSearch::narrow(const Place& place, LocalRows& rows) const {
  LocalRows matched = LocalRows::none(rows.rows());
  LocalRows left = rows;  // what no alternative matched yet
  for (Item& item : items_) {
    SLUICE_TRY(const auto found, match(place, item, left));
    matched.unite(found);
    left.subtract(found);
    if (left.is_none()) break;
  }
  rows = negative_ ? std::move(left) : std::move(matched);
  return {};
}

}  // namespace sluice::storage
