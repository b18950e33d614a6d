#include "daemon/storage/field_reader.h"

#include <algorithm>

#include "daemon/storage/field_values.h"

namespace sluice::storage {

namespace {

constexpr std::uint32_t not_looked_up = ~std::uint32_t{0} - 1;
// Who asks for less than one in so many rows of the group does not number all of a column's texts.
constexpr std::size_t few_of_group = 8;
// A dictionary of more is better taken as a whole than looked up value by value.
constexpr std::size_t many_values = 256;

// The first row not before `row`, which is one of [from, end) and mostly near.
template <typename Row>
Row found_from(Row from, Row end, std::uint32_t row) {
  constexpr int near = 8;
  for (int i = 0; i < near; ++i, ++from)
    if (*from >= row) return from;
  return std::lower_bound(from, end, row);
}

}  // namespace

FieldReader::FieldReader(RowGroupReader& group, FieldMap& fields, std::uint64_t dictionary)
    : group_(group),
      map_(fields),
      dictionary_(dictionary),
      templates_(group.header().templates.size()),
      positions_(templates_.size()) {
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
      out.fields[field].push_back({nullptr, slot, false, nullptr, {}});
  return out;
}

// Sets kinds_, and positions_ unless the rows follow on one another.
void FieldReader::find_templates(std::span<const std::uint32_t> rows) {
  for (const std::uint32_t kind : kinds_) positions_[kind].clear();
  kinds_.clear();
  dense_ = rows.back() - rows.front() + 1 == rows.size();
  if (!dense_) {
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      const std::uint32_t kind = rows_->kind(rows[i]);
      if (positions_[kind].empty()) kinds_.push_back(kind);
      positions_[kind].push_back(i);
    }
    return;
  }
  for (std::uint32_t kind = 0; kind < templates_.size(); ++kind) {
    const auto of_kind = rows_->rows(kind);
    const auto first = std::lower_bound(of_kind.begin(), of_kind.end(), rows.front());
    if (first != of_kind.end() && *first <= rows.back()) kinds_.push_back(kind);
  }
}

// Calls visit(position among `rows`, place among the template's rows) for the rows of a template.
template <typename Visit>
void FieldReader::each_of(std::uint32_t kind, std::span<const std::uint32_t> rows,
                          Visit visit) const {
  const auto of_kind = rows_->rows(kind);
  if (!dense_) {
    // Both ascend.
    auto from = of_kind.begin();
    for (const std::uint32_t i : positions_[kind]) {
      from = found_from(from, of_kind.end(), rows[i]);
      visit(i, static_cast<std::uint32_t>(from - of_kind.begin()));
    }
    return;
  }
  const auto first = std::lower_bound(of_kind.begin(), of_kind.end(), rows.front());
  for (auto i = static_cast<std::size_t>(first - of_kind.begin());
       i < of_kind.size() && of_kind[i] <= rows.back(); ++i)
    visit(of_kind[i] - rows.front(), static_cast<std::uint32_t>(i));
}

Result<void> FieldReader::fill(std::span<const std::uint32_t> rows, query::LogBatch& batch) {
  SLUICE_TRY(rows_, group_.by_template());
  find_templates(rows);
  std::size_t parsed = 0;
  for (const std::uint32_t kind : kinds_) parsed += template_of(kind).parsed ? 1 : 0;
  if (parsed == 0) return {};
  unparsed_.assign(parsed < kinds_.size() ? rows.size() : 0, 0);
  for (const std::uint32_t kind : kinds_)
    if (!templates_[kind].parsed)
      each_of(kind, rows, [&](std::size_t i, std::uint32_t) { unparsed_[i] = 1; });
  columns_.clear();
  for (std::size_t field = 0; field < fields_.size(); ++field) {
    Field& out = fields_[field];
    if (batch.labels->has(map_.projection().fields[field].name)) {
      columns_.emplace_back();
    } else if (map_.projection().fields[field].number && numeric(field)) {
      SLUICE_CHECK(fill_numbers(field, rows));
      columns_.push_back({{}, {}, {}, out.doubles, out.present, 0});
    } else {
      SLUICE_CHECK(fill_codes(field, rows));
      columns_.push_back(
          {out.codes, out.values.values(), out.values.hashes(), {}, {}, dictionary_});
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
  Field& out = fields_[field];
  out.doubles.assign(rows.size(), 0);
  out.present.assign(rows.size(), 0);
  for (const std::uint32_t kind : kinds_) {
    if (!templates_[kind].parsed || templates_[kind].fields[field].empty()) continue;
    SLUICE_TRY(const SlotColumn* column, column_of(kind, templates_[kind].fields[field][0]));
    const auto numbers = column->numbers();
    const NumberScale scale(column->info());
    each_of(kind, rows, [&](std::size_t i, std::uint32_t ordinal) {
      out.doubles[i] = scale.of(numbers[ordinal]);
      out.present[i] = 1;
    });
  }
  return {};
}

Result<void> FieldReader::fill_codes(std::size_t field, std::span<const std::uint32_t> rows) {
  Field& out = fields_[field];
  out.codes.assign(rows.size(), query::FieldColumn::absent);
  const bool many = std::max(rows.size(), expected_) >= group_.rows() / few_of_group;
  for (const std::uint32_t kind : kinds_) {
    if (!templates_[kind].parsed) continue;
    auto& sources = templates_[kind].fields[field];
    for (Source& source : sources) {
      SLUICE_CHECK(column_of(kind, source));
      if (many) SLUICE_CHECK(number_values(field, kind, source));
    }
    if (sources.size() == 1 && !sources[0].codes.empty()) {
      Source& source = sources[0];
      if (source.texts != nullptr)
        fill_from_codes(out, source, *source.texts, kind, rows);
      else
        fill_from_codes(out, source, *source.column, kind, rows);
      continue;
    }
    each_of(kind, rows, [&](std::size_t i, std::uint32_t ordinal) {
      for (Source& source : sources)
        if (out.codes[i] == query::FieldColumn::absent)
          out.codes[i] = code_from(out, source, ordinal);
    });
  }
  return {};
}

// `coded`: what gives a row's code.
template <typename Coded>
void FieldReader::fill_from_codes(Field& out, Source& source, const Coded& coded,
                                  std::uint32_t kind, std::span<const std::uint32_t> rows) {
  const std::uint32_t* const known = source.codes.data();
  std::uint32_t* const codes = out.codes.data();
  each_of(kind, rows, [&](std::size_t i, std::uint32_t ordinal) {
    const std::uint32_t code = known[coded.code(ordinal)];
    codes[i] = code != not_looked_up ? code : code_from(out, source, ordinal);
  });
}

// Asked once per source, not per row.
Result<const SlotColumn*> FieldReader::column_of(std::uint32_t kind, Source& source) {
  if (source.column == nullptr) {
    SLUICE_TRY(source.column,
               group_.parts(group_.header().templates[kind].number, source.slot.number));
    if (source.column->shape() == ColumnShape::dictionary)
      source.codes.assign(source.column->values().size(), not_looked_up);
  }
  return source.column;
}

// All of its values at once, where they are many.
Result<void> FieldReader::number_values(std::size_t field, std::uint32_t kind, Source& source) {
  if (source.numbered) return {};
  source.numbered = true;
  const ColumnShape shape = source.column->shape();
  if (shape == ColumnShape::text || shape == ColumnShape::pattern)
    return number_texts(field, kind, source);
  const auto values = source.column->values();
  if (values.size() > many_values &&
      all_plain(map_.projection().parser, source.slot.quoted, values))
    source.codes = fields_[field].values.add_all(values, {});
  return {};
}

Result<void> FieldReader::number_texts(std::size_t field, std::uint32_t kind, Source& source) {
  SLUICE_TRY(source.texts,
             group_.text_codes(group_.header().templates[kind].number, source.slot.number));
  FieldCodes& codes = fields_[field].values;
  const auto texts = source.texts->values();
  if (all_plain(map_.projection().parser, source.slot.quoted, texts))
    source.codes = codes.add_all(texts, source.texts->hashes());
  else
    source.codes.assign(texts.size(), not_looked_up);
  return {};
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
  if (source.texts != nullptr) {
    const std::uint32_t code = source.texts->code(ordinal);
    std::uint32_t& known = source.codes[code];
    if (known == not_looked_up)
      known = field.values.code_of(source.slot.quoted, source.texts->values()[code], true,
                                   source.texts->hashes()[code]);
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
