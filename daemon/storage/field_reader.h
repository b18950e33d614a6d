// FieldReader: the fields of a projection over rows of a row group, read from slot columns instead
// of parsed from lines. One per row group, used by one thread.
//
// Rows whose template is not of the parser's kind are `unparsed`, and so are all if a line may hold
// what the parser calls an error.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/storage/columns/row_group_reader.h"
#include "daemon/storage/field_codes.h"
#include "daemon/storage/field_names.h"
#include "query/source.h"

namespace sluice::storage {

class FieldReader {
 public:
  // Both must outlive it. `dictionary` tells its codes from those of other row groups: see
  // query::FieldColumn.
  FieldReader(RowGroupReader& group, FieldMap& fields, std::uint64_t dictionary);

  // So many rows will be asked for, batch by batch.
  void expect(std::size_t rows) { expected_ = rows; }
  // Sets parsed, fields and unparsed of a batch that has its Stream's labels; valid until the next
  // call.
  Result<void> fill(std::span<const std::uint32_t> rows, query::LogBatch& batch);
  std::size_t memory_bytes() const;

 private:
  // Where a template has the values of a field.
  struct Source {
    const SlotColumn* column = nullptr;  // the group's; null: not asked for yet
    FieldSlot slot;
    bool numbered = false;             // once many rows were asked for
    const TextCodes* texts = nullptr;  // of a text column, then
    // Of the codes of a dictionary column or of the texts: codes of the field.
    std::vector<std::uint32_t> codes;
  };
  struct Template {
    bool known = false;
    bool parsed = false;
    std::vector<std::vector<Source>> fields;
  };
  struct Field {
    explicit Field(query::LogProjection::Parser parser) : values(parser) {}
    FieldCodes values;
    std::vector<std::uint32_t> codes;  // of the batch
    std::vector<double> doubles;
    std::vector<std::uint8_t> present;
  };

  void find_templates(std::span<const std::uint32_t> rows);
  template <typename Visit>
  void each_of(std::uint32_t kind, std::span<const std::uint32_t> rows, Visit visit) const;
  const Template& template_of(std::uint32_t kind);
  bool numeric(std::size_t field) const;
  Result<void> fill_codes(std::size_t field, std::span<const std::uint32_t> rows);
  Result<void> fill_numbers(std::size_t field, std::span<const std::uint32_t> rows);
  Result<const SlotColumn*> column_of(std::uint32_t kind, Source& source);
  Result<void> number_values(std::size_t field, std::uint32_t kind, Source& source);
  Result<void> number_texts(std::size_t field, std::uint32_t kind, Source& source);
  template <typename Coded>
  void fill_from_codes(Field& out, Source& source, const Coded& coded, std::uint32_t kind,
                       std::span<const std::uint32_t> rows);
  std::uint32_t code_from(Field& field, Source& source, std::uint32_t ordinal);

  RowGroupReader& group_;
  FieldMap& map_;
  const std::uint64_t dictionary_;
  std::size_t expected_ = 0;
  const RowPartition* rows_ = nullptr;
  std::vector<Template> templates_;  // parallel to the header's
  // Of the batch's rows:
  std::vector<std::uint32_t> kinds_;                   // their templates, each once
  bool dense_ = false;                                 // row by row without a gap
  std::vector<std::vector<std::uint32_t>> positions_;  // else: by template, which they are
  std::deque<Field> fields_;
  std::vector<query::FieldColumn> columns_;
  std::vector<std::uint8_t> unparsed_;
};

}  // namespace sluice::storage
