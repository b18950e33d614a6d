#include "daemon/storage/columns/needle_search.h"

#include <algorithm>

#include "daemon/storage/columns/column_scan.h"
#include "daemon/storage/columns/gram_filter.h"
#include "daemon/storage/columns/slot_column.h"

namespace sluice::storage {

std::uint32_t ConditionTexts::add(std::string_view bytes, bool fold) {
  auto& numbers = numbers_[fold ? 1 : 0];
  const auto [at, added] =
      numbers.try_emplace(std::string(bytes), static_cast<std::uint32_t>(texts_.size()));
  if (added) texts_.push_back({std::string(bytes), fold, may_be_typed(bytes)});
  return at->second;
}

GroupView::GroupView(const SearchableGroup& group, const ConditionTexts& texts,
                     std::vector<std::uint8_t>& verdicts, Evidence evidence)
    : group_(group), texts_(texts), verdicts_(verdicts), evidence_(evidence) {
  verdicts_.assign(texts_.size(), 0);
}

bool GroupView::may_contain(std::uint32_t text) const {
  if (evidence_ == Evidence::templates) return true;
  if (text >= verdicts_.size()) verdicts_.resize(texts_.size());
  auto& verdict = verdicts_[text];
  if (verdict == 0) verdict = group_.grams().may_contain(texts_.at(text).bytes) ? 2 : 1;
  return verdict == 2;
}

bool GroupView::may_pass(std::uint32_t template_number, const TextCondition& condition) const {
  const bool contained = may_contain(condition.text);
  if (!contained && !texts_.at(condition.text).typed) return false;
  if (evidence_ != Evidence::header) return true;
  const ColumnInfo& info = group_.column_info(template_number, condition.slot);
  if (info.shape == ColumnShape::dictionary || info.shape == ColumnShape::text) {
    const auto& text = texts_.at(condition.text);
    return contained && group_.may_contain(template_number, condition.slot, text.bytes, text.fold);
  }
  return storage::may_pass(info, test_of(condition));
}

ValueTest GroupView::test_of(const TextCondition& condition) const {
  const auto& text = texts_.at(condition.text);
  return {condition.test, text.bytes, text.fold};
}

NeedleSearch::NeedleSearch(Needle needle, std::span<const LineTemplate> templates,
                           ConditionTexts& texts)
    : needle_(std::move(needle)),
      templates_(templates),
      texts_(texts),
      whole_(texts_.add(needle_.text, needle_.fold)),
      ways_(templates.size()) {}

NeedleSearch::Conditions NeedleSearch::with_texts(const Placement& placement) const {
  Conditions conditions;
  conditions.reserve(placement.size());
  for (const SlotCondition& condition : placement)
    conditions.push_back(
        {condition.slot, condition.test, texts_.add(condition.text, needle_.fold)});
  return conditions;
}

NeedleSearch::Ways NeedleSearch::find_ways(const LineTemplate& pattern) const {
  const auto found = placements_across(pattern, needle_);
  if (!found) return {Verdict::lines, {}};
  if (found->empty() && pattern.slots() == 0) return {Verdict::never, {}};
  Ways ways{Verdict::columns, {}};
  for (const Placement& placement : *found) {
    if (placement.empty()) return {Verdict::always, {}};
    ways.across.push_back(with_texts(placement));
  }
  return ways;
}

const NeedleSearch::Ways& NeedleSearch::ways(std::uint32_t template_number) const {
  Ways& ways = ways_[template_number];
  if (ways.verdict == Verdict::unasked) ways = find_ways(templates_[template_number]);
  return ways;
}

NeedleSearch::Verdict NeedleSearch::verdict(std::uint32_t template_number) const {
  return ways(template_number).verdict;
}

bool NeedleSearch::in_line(std::string_view line) const {
  return contains(line, needle_.text, needle_.fold);
}

bool NeedleSearch::may_occur(const GroupView& view, std::uint32_t template_number) const {
  const Ways& known = ways(template_number);
  if (known.verdict != Verdict::columns) return known.verdict != Verdict::never;
  const auto may_pass = [&](const TextCondition& condition) {
    return view.may_pass(template_number, condition);
  };
  if (view.may_contain(whole_) || texts_.at(whole_).typed) {
    for (std::uint32_t slot = 0; slot < slots(template_number); ++slot)
      if (may_pass({slot, SlotTest::contains, whole_})) return true;
  }
  return std::any_of(known.across.begin(), known.across.end(), [&](const Conditions& way) {
    return std::all_of(way.begin(), way.end(), may_pass);
  });
}

namespace {

struct ColumnSource {
  SearchableGroup& group;
  std::uint32_t template_number;
  SearchCounts& counts;

  Result<const SlotColumn*> scanned(std::uint32_t slot) const {
    ++counts.columns_scanned;
    return group.column(template_number, slot);
  }
};

// The rows where all conditions of one way hold: the first by a scan, the others on what it left.
Result<void> add_way(const GroupView& view, const ColumnSource& source,
                     std::span<const TextCondition> way, RowSet& hits) {
  RowSet rows = RowSet::none(hits.rows());
  SLUICE_TRY(const SlotColumn* const first, source.scanned(way[0].slot));
  scan_column(*first, view.test_of(way[0]), rows);
  std::string scratch;
  for (const TextCondition& condition : way.subspan(1)) {
    if (rows.empty()) return {};
    SLUICE_TRY(const SlotColumn* const column,
               source.group.column(source.template_number, condition.slot));
    const ValueTest test = view.test_of(condition);
    const RowSet before = rows;
    before.for_each([&](std::size_t row) {
      if (!value_passes(*column, row, test, scratch)) rows.erase(row);
    });
  }
  hits.unite(rows);
  return {};
}

}  // namespace

Result<void> NeedleSearch::add_rows(const GroupView& view, SearchableGroup& group,
                                    std::uint32_t template_number, RowSet& hits,
                                    SearchCounts& counts) const {
  const ColumnSource source{group, template_number, counts};
  for (std::uint32_t slot = 0; slot < slots(template_number); ++slot) {
    const TextCondition inside{slot, SlotTest::contains, whole_};
    if (!view.may_pass(template_number, inside)) continue;
    SLUICE_TRY(const SlotColumn* const column, source.scanned(slot));
    scan_column(*column, view.test_of(inside), hits);
  }
  for (const Conditions& way : ways(template_number).across) {
    const bool possible = std::all_of(way.begin(), way.end(), [&](const TextCondition& condition) {
      return view.may_pass(template_number, condition);
    });
    if (possible) SLUICE_CHECK(add_way(view, source, way, hits));
  }
  return {};
}

}  // namespace sluice::storage
