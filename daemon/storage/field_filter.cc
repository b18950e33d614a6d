#include "daemon/storage/field_filter.h"

#include <algorithm>

#include "daemon/storage/columns/column_scan.h"
#include "daemon/storage/field_values.h"

namespace sluice::storage {

namespace {

using query::FieldCondition;

// What only a parser reads: escapes, and what ends or spoils a pair of logfmt.
constexpr std::string_view special_bytes = "\\\"=";

bool is_special(char c) {
  return special_bytes.find(c) != std::string_view::npos;
}

// The name is also one of a label that the condition would mean instead of the field.
bool hidden_by_labels(std::string_view name, const PartScan& scan, const GroupInfo& info,
                      const RowGroupHeader& header) {
  const bool in_stream = std::any_of(info.runs.begin(), info.runs.end(), [&](const Run& run) {
    return scan.wanted[run.stream] && scan.directory->streams[run.stream].has(name);
  });
  return in_stream ||
         std::any_of(header.shapes.begin(), header.shapes.end(), [&](const auto& shape) {
           return std::binary_search(shape.names.begin(), shape.names.end(), name);
         });
}

// Whether a line can spell the text in another way than as itself. Printable ASCII needs \u00.. for
// that, which has the length of a gram; `/` and the special ones have shorter spellings.
bool may_be_escaped(std::string_view text, const GramFilter& grams) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c >= ' ' && c <= '~' && c != '/' && !is_special(c);
  });
  return !plain || grams.may_contain("\\u00");
}

// Whether these bytes stand for themselves. Bare null and arrays are no label.
bool is_literal(std::string_view text, bool quoted) {
  return quoted || (text != "null" && !text.starts_with('['));
}

void insert_holding(const SlotColumn& column, char byte, RowSet& rows) {
  scan_column(column, {SlotTest::contains, std::string_view(&byte, 1), false}, rows);
}

bool all_literal(const FieldCondition& condition, bool quoted) {
  return condition.texts && std::all_of(condition.texts->begin(), condition.texts->end(),
                                        [&](const auto& text) { return is_literal(text, quoted); });
}

}  // namespace

FieldFilter::FieldFilter(RowGroupReader& group, FieldMap& fields, const PartScan& scan,
                         const GroupInfo& info)
    : group_(group), fields_(fields) {
  const auto& projection = fields.projection();
  const auto& header = group.header();
  if (projection.parser == query::LogProjection::Parser::json && header.surrogates) return;
  for (const Condition& condition : projection.conditions)
    if (!hidden_by_labels(projection.fields[condition.field].name, scan, info, header))
      conditions_.push_back(&condition);
}

const FieldSlots& FieldFilter::slots_of(std::size_t kind) const {
  return fields_.of(group_.header().templates[kind].number);
}

bool FieldFilter::may_match(Evidence evidence) const {
  for (std::size_t kind = 0; kind < group_.header().templates.size(); ++kind)
    if (std::all_of(conditions_.begin(), conditions_.end(),
                    [&](const auto* condition) { return may_pass(*condition, kind, evidence); }))
      return true;
  return false;
}

bool FieldFilter::may_pass(const Condition& condition, std::size_t kind, Evidence evidence) const {
  const FieldSlots& found = slots_of(kind);
  if (!found.parsed || condition.absent_passes) return true;
  const auto& slots = found.fields[condition.field];
  return std::any_of(slots.begin(), slots.end(), [&](const FieldSlot& slot) {
    return may_hold(condition, kind, slot, evidence);
  });
}

// Whether a value of the slot may be one of the texts that pass.
bool FieldFilter::may_hold(const Condition& condition, std::size_t kind, const FieldSlot& slot,
                           Evidence evidence) const {
  if (!condition.texts || evidence == Evidence::templates) return true;
  const auto& header = group_.header();
  const ColumnInfo& info = header.columns[header.templates[kind].first_column + slot.number].info;
  return std::any_of(condition.texts->begin(), condition.texts->end(), [&](const auto& text) {
    if (info.shape == ColumnShape::number || info.shape == ColumnShape::fixed)
      return evidence != Evidence::header ||
             storage::may_pass(info, {SlotTest::equals, text, false});
    return header.grams.may_contain(text) || may_be_escaped(text, header.grams);
  });
}

Result<void> FieldFilter::narrow(RowSet& rows, SearchCounts& counts) {
  RowSet left = RowSet::none(rows.rows());
  SLUICE_TRY(const RowPartition* const by_template, group_.by_template());
  for (std::size_t kind = 0; kind < group_.header().templates.size(); ++kind) {
    const auto of_kind = by_template->rows(kind);
    LocalRows local = LocalRows::among(of_kind, rows);
    for (const Condition* condition : conditions_) {
      if (local.is_none() || !slots_of(kind).parsed) break;
      SLUICE_CHECK(narrow(*condition, kind, local, counts));
    }
    local.for_each([&](std::size_t i) { left.insert(of_kind[i]); });
  }
  rows = std::move(left);
  return {};
}

Result<void> FieldFilter::narrow(const Condition& condition, std::size_t kind, LocalRows& rows,
                                 SearchCounts& counts) {
  if (!may_pass(condition, kind, Evidence::header)) {
    rows = LocalRows::none(rows.rows());
    return {};
  }
  const auto& slots = slots_of(kind).fields[condition.field];
  if (slots.empty()) return {};  // absent, which passes
  counts.columns_scanned += slots.size();
  SLUICE_TRY(RowSet passed, slots.size() == 1 ? passing(condition, kind, slots[0], rows)
                                              : passing_any(condition, kind, slots, rows));
  rows.intersect(LocalRows::some(std::move(passed)));
  return {};
}

// At least the rows among `within` that pass.
Result<RowSet> FieldFilter::passing(const Condition& condition, std::size_t kind,
                                    const FieldSlot& slot, const LocalRows& within) {
  const std::uint32_t number = group_.header().templates[kind].number;
  SLUICE_TRY(const SlotColumn* const column, group_.parts(number, slot.number));
  if (column->shape() == ColumnShape::dictionary)
    return passing_codes(condition, *column, slot.quoted);
  RowSet hits = RowSet::none(within.rows());
  if (condition.number_passes && gives_numbers(column->info())) {
    const NumberScale scale(column->info());
    within.for_each([&](std::size_t row) {
      if (condition.number_passes(scale.of(column->numbers()[row]))) hits.insert(row);
    });
    return hits;
  }
  if (all_literal(condition, slot.quoted)) return passing_texts(condition, *column, slot.quoted);
  std::string bytes;
  within.for_each([&](std::size_t row) {
    bytes.clear();
    column->append(row, bytes);
    if (passes(condition, slot.quoted, bytes)) hits.insert(row);
  });
  return hits;
}

RowSet FieldFilter::passing_codes(const Condition& condition, const SlotColumn& column,
                                  bool quoted) {
  std::vector<std::uint8_t> verdicts;
  for (const std::string_view value : column.values())
    verdicts.push_back(passes(condition, quoted, value) ? 1 : 0);
  if (column.constant())
    return verdicts[0] != 0 ? RowSet::all(column.size()) : RowSet::none(column.size());
  RowSet hits = RowSet::none(column.size());
  const auto codes = column.codes();
  insert_where(codes.size(), hits, [&](std::size_t row) { return verdicts[codes[row]] != 0; });
  return hits;
}

// Bytes without anything special pass if they are one of the texts; the others are read.
RowSet FieldFilter::passing_texts(const Condition& condition, const SlotColumn& column,
                                  bool quoted) {
  RowSet hits = RowSet::none(column.size());
  for (const auto& text : *condition.texts)
    scan_column(column, {SlotTest::equals, text, false}, hits);
  if (column.shape() != ColumnShape::text && column.shape() != ColumnShape::pattern) return hits;
  RowSet special = RowSet::none(column.size());
  for (const char byte : special_bytes) insert_holding(column, byte, special);
  hits.subtract(special);
  std::string bytes;
  special.for_each([&](std::size_t row) {
    bytes.clear();
    column.append(row, bytes);
    if (passes(condition, quoted, bytes)) hits.insert(row);
  });
  return hits;
}

// The first slot with a value counts.
Result<RowSet> FieldFilter::passing_any(const Condition& condition, std::size_t kind,
                                        const std::vector<FieldSlot>& slots,
                                        const LocalRows& within) {
  const std::uint32_t number = group_.header().templates[kind].number;
  std::vector<const SlotColumn*> columns;
  for (const FieldSlot& slot : slots) {
    SLUICE_TRY(const SlotColumn* const column, group_.parts(number, slot.number));
    columns.push_back(column);
  }
  RowSet hits = RowSet::none(within.rows());
  const auto parser = fields_.projection().parser;
  std::string bytes;
  within.for_each([&](std::size_t row) {
    bool passed = condition.absent_passes;
    for (std::size_t i = 0; i < slots.size(); ++i) {
      bytes.clear();
      columns[i]->append(row, bytes);
      const auto value = field_value(parser, slots[i].quoted, bytes, scratch_);
      if (!value) continue;
      passed = condition.passes(*value);
      break;
    }
    if (passed) hits.insert(row);
  });
  return hits;
}

bool FieldFilter::passes(const Condition& condition, bool quoted, std::string_view bytes) {
  const auto value = field_value(fields_.projection().parser, quoted, bytes, scratch_);
  return value ? condition.passes(*value) : condition.absent_passes;
}

}  // namespace sluice::storage
