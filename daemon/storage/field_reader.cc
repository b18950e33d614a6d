#include "daemon/storage/field_reader.h"

#include <algorithm>

#include "daemon/storage/field_values.h"

namespace sluice::storage {

namespace {

constexpr std::uint32_t not_looked_up = ~std::uint32_t{0} - 1;

}  // namespace

FieldReader::FieldReader(RowGroupReader& group, FieldMap& fields, std::uint64_t dictionary)
    : group_(group),
      map_(fields),
      dictionary_(dictionary),
      templates_(group.header().templates.size()) {
  const auto& projection = map_.projection();
  for (std::size_t i = 0; i < projection.fields.size(); ++i)
    fields_.emplace_back(projection.parser);
  if (projection.parser == query::LogProjection::Parser::json && group_.header().surrogates)
    for (auto& pattern : templates_) pattern.known = true;  // and not parsed
}

const FieldReader::Template& FieldReader::template_of(std::uint32_t kind) {
  Template& out = templates_[kind];
  if (out.known) return out;
  const FieldSlots& found = map_.of(group_.header().templates[kind].number);
  out.known = true;
  out.parsed = found.parsed;
  out.fields.resize(found.fields.size());
  for (std::size_t field = 0; field < found.fields.size(); ++field)
    for (const FieldSlot& slot : found.fields[field])
      out.fields[field].push_back({nullptr, slot, {}});
  return out;
}

// Sets kinds_.
void FieldReader::find_templates(std::span<const std::uint32_t> rows) {
  std::vector<std::uint8_t> seen(templates_.size());
  kinds_.clear();
  for (const std::uint32_t row : rows) {
    const std::uint32_t kind = rows_->kind(row);
    if (seen[kind] != 0) continue;
    seen[kind] = 1;
    kinds_.push_back(kind);
  }
}

Result<void> FieldReader::fill(std::span<const std::uint32_t> rows, query::LogBatch& batch) {
  SLUICE_TRY(rows_, group_.by_template());
  find_templates(rows);
  std::size_t parsed = 0;
  for (const std::uint32_t kind : kinds_) parsed += template_of(kind).parsed ? 1 : 0;
  if (parsed == 0) return {};
  unparsed_.clear();
  if (parsed < kinds_.size())
    for (const std::uint32_t row : rows)
      unparsed_.push_back(templates_[rows_->kind(row)].parsed ? 0 : 1);
  columns_.clear();
  for (std::size_t field = 0; field < fields_.size(); ++field) {
    Field& out = fields_[field];
    if (map_.projection().fields[field].number && numeric(field)) {
      SLUICE_CHECK(fill_numbers(field, rows));
      columns_.push_back({{}, {}, out.doubles, out.present, 0});
    } else {
      SLUICE_CHECK(fill_codes(field, rows));
      columns_.push_back({out.codes, out.values.values(), {}, {}, dictionary_});
    }
  }
  batch.parsed = true;
  batch.fields = columns_;
  batch.unparsed = unparsed_;
  return {};
}

// Whether the field is a column of numbers, or absent, in every template of the rows.
bool FieldReader::numeric(std::size_t field) const {
  return std::all_of(kinds_.begin(), kinds_.end(), [&](std::uint32_t kind) {
    if (!templates_[kind].parsed) return true;
    const auto& sources = templates_[kind].fields[field];
    const std::uint32_t number = group_.header().templates[kind].number;
    return sources.empty() || (sources.size() == 1 &&
                               gives_numbers(group_.column_info(number, sources[0].slot.number)));
  });
}

Result<void> FieldReader::fill_numbers(std::size_t field, std::span<const std::uint32_t> rows) {
  struct From {
    std::span<const std::int64_t> numbers;
    NumberScale scale;
  };
  std::vector<From> from(templates_.size());
  for (const std::uint32_t kind : kinds_) {
    if (!templates_[kind].parsed || templates_[kind].fields[field].empty()) continue;
    SLUICE_TRY(const SlotColumn* column, column_of(kind, templates_[kind].fields[field][0]));
    from[kind] = {column->numbers(), NumberScale(column->info())};
  }
  Field& out = fields_[field];
  out.doubles.resize(rows.size());
  out.present.resize(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const From& source = from[rows_->kind(rows[i])];
    const bool there = !source.numbers.empty();
    out.present[i] = there ? 1 : 0;
    out.doubles[i] = there ? source.scale.of(source.numbers[rows_->ordinal(rows[i])]) : 0;
  }
  return {};
}

Result<void> FieldReader::fill_codes(std::size_t field, std::span<const std::uint32_t> rows) {
  Field& out = fields_[field];
  std::vector<Source*> single(templates_.size(), nullptr);
  for (const std::uint32_t kind : kinds_) {
    if (!templates_[kind].parsed || templates_[kind].fields[field].size() != 1) continue;
    single[kind] = &templates_[kind].fields[field][0];
    SLUICE_CHECK(column_of(kind, *single[kind]));
  }
  out.codes.resize(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t kind = rows_->kind(rows[i]);
    if (single[kind] != nullptr) {
      out.codes[i] = code_from(out, *single[kind], rows_->ordinal(rows[i]));
      continue;
    }
    out.codes[i] = query::FieldColumn::absent;
    if (!templates_[kind].parsed) continue;
    SLUICE_TRY(out.codes[i],
               code_at(out, kind, rows_->ordinal(rows[i]), templates_[kind].fields[field]));
  }
  return {};
}

Result<std::uint32_t> FieldReader::code_at(Field& field, std::uint32_t kind, std::uint32_t ordinal,
                                           std::vector<Source>& sources) {
  for (Source& source : sources) {
    SLUICE_CHECK(column_of(kind, source));
    const std::uint32_t code = code_from(field, source, ordinal);
    if (code != query::FieldColumn::absent) return code;
  }
  return query::FieldColumn::absent;
}

// Asked once per source, not per row.
Result<const SlotColumn*> FieldReader::column_of(std::uint32_t kind, Source& source) {
  if (source.column == nullptr) {
    SLUICE_TRY(source.column,
               group_.column(group_.header().templates[kind].number, source.slot.number));
    if (source.column->shape() == ColumnShape::dictionary)
      source.codes.assign(source.column->values().size(), not_looked_up);
  }
  return source.column;
}

std::uint32_t FieldReader::code_from(Field& field, Source& source, std::uint32_t ordinal) {
  const SlotColumn& column = *source.column;
  if (column.shape() == ColumnShape::dictionary) {
    const std::uint32_t code = column.code(ordinal);
    std::uint32_t& known = source.codes[code];
    if (known == not_looked_up)
      known = field.values.code_of(source.slot.quoted, column.values()[code], true);
    return known;
  }
  if (column.shape() == ColumnShape::text)
    return field.values.code_of(source.slot.quoted, column.text(ordinal), true);
  std::string bytes;
  column.append(ordinal, bytes);
  return field.values.code_of(source.slot.quoted, bytes, false);
}

std::size_t FieldReader::memory_bytes() const {
  std::size_t bytes = unparsed_.capacity();
  for (const Field& field : fields_)
    bytes += field.values.memory_bytes() + field.codes.capacity() * 4 +
             field.doubles.capacity() * 8 + field.present.capacity();
  return bytes;
}

}  // namespace sluice::storage
