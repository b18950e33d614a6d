#include "daemon/storage/columns/line_search.h"

#include <algorithm>

#include "daemon/storage/columns/filter_search.h"

namespace sluice::storage {

struct LineSearch::Impl {
  ConditionTexts texts;
  // Those that only need columns come first: they leave fewer lines to rebuild.
  std::vector<FilterSearch> filters;
  std::vector<std::uint8_t> verdicts;  // GroupView's

  bool may_pass(const GroupView& view, std::uint32_t template_number) const {
    return std::all_of(filters.begin(), filters.end(), [&](const FilterSearch& filter) {
      return filter.may_pass(view, template_number);
    });
  }

  bool always_passes(const GroupView& view, std::uint32_t template_number) const {
    return std::all_of(filters.begin(), filters.end(), [&](const FilterSearch& filter) {
      return filter.always_passes(view, template_number);
    });
  }
};

LineSearch::LineSearch(const std::vector<query::LineFilter>& filters,
                       std::span<const LineTemplate> templates)
    : impl_(std::make_unique<Impl>()) {
  impl_->filters.reserve(filters.size());
  for (const auto& filter : filters) impl_->filters.emplace_back(filter, templates, impl_->texts);
  std::vector<FilterSearch> ordered;
  for (const bool regexes : {false, true})
    for (auto& filter : impl_->filters)
      if (filter.runs_regexes() == regexes) ordered.push_back(std::move(filter));
  impl_->filters = std::move(ordered);
}

LineSearch::~LineSearch() = default;
LineSearch::LineSearch(LineSearch&&) noexcept = default;

bool LineSearch::may_match(const SearchableGroup& group, Evidence evidence) const {
  const GroupView view(group, impl_->texts, impl_->verdicts, evidence);
  const auto templates = group.templates();
  return std::any_of(templates.begin(), templates.end(), [&](std::uint32_t template_number) {
    return impl_->may_pass(view, template_number);
  });
}

Result<RowSet> LineSearch::run(SearchableGroup& group, const RowSet& candidates,
                               SearchCounts& counts) const {
  const GroupView view(group, impl_->texts, impl_->verdicts);
  const auto templates = group.templates();
  // Then nobody has to know which rows are of which template.
  if (std::all_of(templates.begin(), templates.end(),
                  [&](auto number) { return impl_->always_passes(view, number); })) {
    counts.templates_certain += templates.size();
    return candidates;
  }
  RowSet found = RowSet::none(group.rows());
  const bool all = candidates.count() == group.rows();
  for (const std::uint32_t number : templates) {
    if (!impl_->may_pass(view, number)) {
      ++counts.templates_certain;
      continue;
    }
    SLUICE_TRY(const auto rows, group.rows_of(number));
    LocalRows local = all ? LocalRows::all(rows.size()) : LocalRows::among(rows, candidates);
    const auto before = counts.columns_scanned + counts.lines_rebuilt;
    for (const FilterSearch& filter : impl_->filters) {
      if (local.is_none()) break;
      SLUICE_CHECK(filter.narrow({view, group, number, rows, counts}, local));
    }
    if (counts.columns_scanned + counts.lines_rebuilt == before) ++counts.templates_certain;
    local.for_each([&](std::size_t row) { found.insert(rows[row]); });
  }
  return found;
}

}  // namespace sluice::storage
