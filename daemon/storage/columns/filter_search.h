// FilterSearch: one line filter over the templates of a part. Contains-filters and regexes that are
// but literals become needles; other regexes keep the needles they require, and run on lines.
#pragma once

#include <memory>
#include <vector>

#include "daemon/storage/columns/local_rows.h"
#include "daemon/storage/columns/needle_search.h"
#include "query/ast/line_filter.h"

namespace sluice::storage {

class FilterSearch {
 public:
  FilterSearch(const query::LineFilter& filter, std::span<const LineTemplate> templates,
               ConditionTexts& texts);

  bool runs_regexes() const;
  bool may_pass(const GroupView& view, std::uint32_t template_number) const;
  // Whether every line of the template does, known without a column.
  bool always_passes(const GroupView& view, std::uint32_t template_number) const;

  // A template in a row group; its i-th row is group row rows[i].
  struct Place {
    const GroupView& view;
    SearchableGroup& group;
    std::uint32_t template_number;
    std::span<const RowNumber> rows;
    SearchCounts& counts;
  };
  // Removes from `rows` those whose line does not pass.
  Result<void> narrow(const Place& place, LocalRows& rows) const;

 private:
  using AnyOf = std::vector<NeedleSearch>;
  // One alternative of the filter.
  struct Item {
    std::vector<AnyOf> clauses;                 // all must hold
    std::shared_ptr<const query::Regex> regex;  // and this, if there is one
    // By template without slots: 0 the regex was not run yet, 1 no match, 2 a match.
    std::vector<std::uint8_t> outcomes;
  };

  void add_item(const query::LineFilter& filter, std::size_t index, ConditionTexts& texts);
  AnyOf any_of(const std::vector<Needle>& needles, ConditionTexts& texts) const;
  bool always_matches(Item& item, std::uint32_t template_number) const;
  bool may_match(Item& item, const GroupView& view, std::uint32_t template_number) const;
  bool static_outcome(Item& item, std::uint32_t template_number) const;
  // The rows that match, among `within` at least.
  Result<LocalRows> match(const Place& place, Item& item, const LocalRows& within) const;

  bool negative_;
  std::span<const LineTemplate> templates_;
  mutable std::vector<Item> items_;  // they remember what they found out
};

}  // namespace sluice::storage
