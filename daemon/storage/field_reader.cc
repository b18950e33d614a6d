#include "daemon/storage/field_reader.h"

#include "daemon/storage/field_values.h"

namespace sluice::storage {

FieldReader::FieldReader(RowGroupReader& group, const query::LogProjection& projection)
    : group_(group),
      projection_(projection),
      templates_(group.header().templates.size()),
      fields_(projection.fields.size()) {
  if (projection_.parser == query::LogProjection::Parser::json && group_.header().surrogates)
    for (auto& pattern : templates_) pattern.known = true;  // and not parsed
}

Result<FieldReader::Template*> FieldReader::template_of(std::size_t index) {
  Template& out = templates_[index];
  if (out.known) return &out;
  const LineTemplate& pattern =
      group_.template_list()[group_.header().templates[index].number];
  const FieldSlots found = field_slots(pattern, projection_);
  out.known = true;
  out.parsed = found.parsed;
  out.fields.resize(found.slots.size());
  for (std::size_t field = 0; field < found.slots.size(); ++field)
    for (const std::uint32_t slot : found.slots[field])
      out.fields[field].push_back({slot, quoted_slot(pattern, slot), {}});
  return &out;
}

Result<void> FieldReader::fill(std::span<const std::uint32_t> rows, query::LogBatch& batch) {
  SLUICE_TRY(rows_, group_.by_template());
  unparsed_.assign(rows.size(), 0);
  unparsed_count_ = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    SLUICE_TRY(const Template* pattern, template_of(rows_->kind(rows[i])));
    unparsed_[i] = pattern->parsed ? 0 : 1;
    unparsed_count_ += unparsed_[i];
  }
  if (unparsed_count_ == rows.size()) return {};
  columns_.clear();
  for (std::size_t field = 0; field < fields_.size(); ++field) {
    Field& out = fields_[field];
    if (projection_.fields[field].number && numeric(field, rows)) {
      SLUICE_CHECK(fill_numbers(field, rows));
      columns_.push_back({{}, {}, out.doubles, out.present});
    } else {
      SLUICE_CHECK(fill_codes(field, rows));
      columns_.push_back({out.codes, out.values, {}, {}});
    }
  }
  batch.parsed = true;
  batch.fields = columns_;
  if (unparsed_count_ > 0) batch.unparsed = unparsed_;
  return {};
}

// Whether the field is a column of numbers, or absent, in every template of the rows.
bool FieldReader::numeric(std::size_t field, std::span<const std::uint32_t> rows) {
  std::vector<char> seen(templates_.size());
  for (const std::uint32_t row : rows) {
    const std::uint32_t kind = rows_->kind(row);
    if (seen[kind] || !templates_[kind].parsed) continue;
    seen[kind] = 1;
    const auto& slots = templates_[kind].fields[field];
    const std::uint32_t number = group_.header().templates[kind].number;
    if (slots.size() > 1 ||
        (slots.size() == 1 && !gives_numbers(group_.column_info(number, slots[0].number))))
      return false;
  }
  return true;
}

Result<void> FieldReader::fill_numbers(std::size_t field, std::span<const std::uint32_t> rows) {
  Field& out = fields_[field];
  out.doubles.assign(rows.size(), 0);
  out.present.assign(rows.size(), 0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t kind = rows_->kind(rows[i]);
    if (unparsed_[i] || templates_[kind].fields[field].empty()) continue;
    SLUICE_TRY(const SlotColumn* column, column_of(kind, templates_[kind].fields[field][0]));
    out.doubles[i] = field_number(column->info(), column->numbers()[rows_->ordinal(rows[i])]);
    out.present[i] = 1;
  }
  return {};
}

Result<void> FieldReader::fill_codes(std::size_t field, std::span<const std::uint32_t> rows) {
  Field& out = fields_[field];
  out.codes.assign(rows.size(), query::FieldColumn::absent);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (unparsed_[i]) continue;
    const std::uint32_t kind = rows_->kind(rows[i]);
    for (Slot& slot : templates_[kind].fields[field]) {
      SLUICE_TRY(out.codes[i], code_at(out, kind, slot, rows_->ordinal(rows[i])));
      if (out.codes[i] != query::FieldColumn::absent) break;
    }
  }
  return {};
}

// Asked once per slot, not per row.
Result<const SlotColumn*> FieldReader::column_of(std::uint32_t kind, Slot& slot) {
  if (slot.column == nullptr) {
    SLUICE_TRY(slot.column, group_.column(group_.header().templates[kind].number, slot.number));
  }
  return slot.column;
}

Result<std::uint32_t> FieldReader::code_at(Field& field, std::uint32_t kind, Slot& slot,
                                           std::uint32_t ordinal) {
  SLUICE_TRY(const SlotColumn* column, column_of(kind, slot));
  if (column->shape() != ColumnShape::dictionary) {
    bytes_of_value_.clear();
    column->append(ordinal, bytes_of_value_);
    return code_of(field, slot.quoted, bytes_of_value_);
  }
  const std::uint32_t code = column->code(ordinal);
  if (slot.codes.empty()) slot.codes.assign(column->values().size(), unknown);
  if (slot.codes[code] == unknown)
    slot.codes[code] = code_of(field, slot.quoted, column->values()[code]);
  return slot.codes[code];
}

std::uint32_t FieldReader::code_of(Field& field, bool quoted, std::string_view bytes) {
  const auto value = field_value(projection_.parser, quoted, bytes, scratch_);
  if (!value) return query::FieldColumn::absent;
  const auto known = field.numbers.find(*value);
  if (known != field.numbers.end()) return known->second;
  const auto code = static_cast<std::uint32_t>(field.values.size());
  field.values.push_back(field.texts.emplace_back(*value));
  field.numbers.emplace(field.values.back(), code);
  bytes_ += 96 + value->size();
  return code;
}

}  // namespace sluice::storage
