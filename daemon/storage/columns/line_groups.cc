#include "daemon/storage/columns/line_groups.h"

#include <algorithm>
#include <numeric>

#include "base/types/assert.h"
#include "daemon/storage/columns/row_group_header.h"

namespace sluice::storage {

namespace {

// What a full group has, so that it is not copied as it grows; unused pages cost nothing.
constexpr std::size_t lines_reserved = row_group_bytes_max + (1 << 20);
// Of a template: what is rarer is split again.
constexpr std::size_t rows_at_first = 16;

// Two templates of a draft can turn out to be one of the part: rare lines split coarse may get the
// template of other lines split fine.
void append_group(LineGroups::Group& to, const LineGroups::Group& from) {
  to.rows.insert(to.rows.end(), from.rows.begin(), from.rows.end());
  to.ranges.insert(to.ranges.end(), from.ranges.begin(), from.ranges.end());
}

void sort_rows(LineGroups::Group& group) {
  if (std::is_sorted(group.rows.begin(), group.rows.end())) return;
  std::vector<std::uint32_t> order(group.rows.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](auto a, auto b) { return group.rows[a] < group.rows[b]; });
  LineGroups::Group sorted{group.number, group.slots, {}, {}};
  for (const std::uint32_t i : order) {
    sorted.rows.push_back(group.rows[i]);
    const auto first = group.ranges.begin() + static_cast<std::ptrdiff_t>(i) * group.slots;
    sorted.ranges.insert(sorted.ranges.end(), first, first + group.slots);
  }
  group = std::move(sorted);
}

void sort_groups(std::vector<LineGroups::Group>& groups) {
  std::stable_sort(groups.begin(), groups.end(),
                   [](const auto& a, const auto& b) { return a.number < b.number; });
  std::vector<LineGroups::Group> merged;
  for (auto& group : groups) {
    if (!merged.empty() && merged.back().number == group.number)
      append_group(merged.back(), group);
    else
      merged.push_back(std::move(group));
  }
  for (auto& group : merged) sort_rows(group);
  groups = std::move(merged);
}

}  // namespace

void add_plain_template(TemplateTable& part) {
  SplitLine split;
  LineSplitter::whole({}, split);
  const std::uint32_t number = part.find_or_add({}, split);
  SLUICE_ASSERT(number == plain_template);
}

std::string_view LineGroups::line(std::size_t row) const {
  const std::uint32_t begin = row == 0 ? 0 : ends_[row - 1];
  return std::string_view(lines_).substr(begin, ends_[row] - begin);
}

void LineGroups::add(std::string_view line) {
  SLUICE_ASSERT(line.size() < UINT32_MAX - lines_.size());
  if (lines_.empty()) lines_.reserve(lines_reserved);
  lines_ += line;
  ends_.push_back(static_cast<std::uint32_t>(lines_.size()));
  place(static_cast<std::uint32_t>(ends_.size() - 1), Detail::fine, fine_);
}

void LineGroups::clear() {
  lines_.clear();  // and keeps its memory
  ends_.clear();
  fine_ = {};
}

void LineGroups::place(std::uint32_t row, Detail detail, Draft& draft) {
  const std::string_view text = line(row);
  splitter_.split(text, detail, split_);
  const std::uint32_t number = draft.table.find_or_add(text, split_);
  if (number == TemplateTable::none) return draft.unplaced.push_back(row);
  if (number == draft.groups.size()) draft.groups.emplace_back();
  Group& group = draft.groups[number];
  group.slots = static_cast<std::uint32_t>(split_.slots.size());
  if (group.rows.empty()) {
    group.rows.reserve(rows_at_first);
    group.ranges.reserve(rows_at_first * group.slots);
  }
  group.rows.push_back(row);
  const auto base = static_cast<std::uint32_t>(text.data() - lines_.data());
  const auto first =
      group.ranges.insert(group.ranges.end(), split_.slots.begin(), split_.slots.end());
  std::for_each(first, group.ranges.end(), [base](SlotRange& range) {
    range.begin += base;
    range.end += base;
  });
}

std::vector<LineGroups::Group> LineGroups::finish(TemplateTable& part) {
  std::vector<Group> kept;
  const auto rare = keep(std::move(fine_), Detail::fine, part, kept);
  Draft coarse;
  for (const std::uint32_t row : rare) place(row, Detail::coarse, coarse);
  add_plain(keep(std::move(coarse), Detail::coarse, part, kept), kept);
  sort_groups(kept);
  return kept;
}

std::vector<std::uint32_t> LineGroups::keep(Draft draft, Detail detail, TemplateTable& part,
                                            std::vector<Group>& kept) {
  std::vector<std::uint32_t> rare = std::move(draft.unplaced);
  for (Group& group : draft.groups) {
    group.number = TemplateTable::none;
    if (group.rows.size() >= rare_rows) {
      const std::string_view text = line(group.rows.front());
      splitter_.split(text, detail, split_);
      group.number = part.find_or_add(text, split_);
    }
    if (group.number == TemplateTable::none)
      rare.insert(rare.end(), group.rows.begin(), group.rows.end());
    else
      kept.push_back(std::move(group));
  }
  std::sort(rare.begin(), rare.end());
  return rare;
}

void LineGroups::add_plain(const std::vector<std::uint32_t>& rows, std::vector<Group>& kept) const {
  if (rows.empty()) return;
  Group plain;
  plain.number = plain_template;
  plain.slots = 1;
  plain.rows = rows;
  for (const std::uint32_t row : rows)
    plain.ranges.push_back({row == 0 ? 0 : ends_[row - 1], ends_[row]});
  kept.push_back(std::move(plain));
}

}  // namespace sluice::storage
