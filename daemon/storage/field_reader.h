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
#include <unordered_map>
#include <vector>

#include "daemon/storage/columns/row_group_reader.h"
#include "daemon/storage/field_names.h"
#include "query/source.h"

namespace sluice::storage {

class FieldReader {
 public:
  // Both must outlive it.
  FieldReader(RowGroupReader& group, const query::LogProjection& projection);

  // Sets parsed, fields and unparsed; valid until the next call.
  Result<void> fill(std::span<const std::uint32_t> rows, query::LogBatch& batch);
  bool all_parsed() const { return unparsed_count_ == 0; }  // of the last call
  std::size_t memory_bytes() const { return bytes_; }

 private:
  static constexpr std::uint32_t unknown = ~std::uint32_t{0} - 1;  // code not looked up yet

  // One slot of one template, as a source of a field.
  struct Slot {
    std::uint32_t number = 0;
    bool quoted = false;
    std::vector<std::uint32_t> codes;  // of a dictionary column: codes of the field
    const SlotColumn* column = nullptr;  // the group's, once asked for
  };
  struct Template {
    bool known = false;
    bool parsed = false;
    std::vector<std::vector<Slot>> fields;
  };
  struct Field {
    std::unordered_map<std::string_view, std::uint32_t> numbers;
    std::deque<std::string> texts;
    std::vector<std::string_view> values;
    std::vector<std::uint32_t> codes;  // of the batch
    std::vector<double> doubles;
    std::vector<std::uint8_t> present;
  };

  Result<Template*> template_of(std::size_t index);
  bool numeric(std::size_t field, std::span<const std::uint32_t> rows);
  Result<void> fill_codes(std::size_t field, std::span<const std::uint32_t> rows);
  Result<void> fill_numbers(std::size_t field, std::span<const std::uint32_t> rows);
  Result<const SlotColumn*> column_of(std::uint32_t kind, Slot& slot);
  Result<std::uint32_t> code_at(Field& field, std::uint32_t kind, Slot& slot,
                                std::uint32_t ordinal);
  std::uint32_t code_of(Field& field, bool quoted, std::string_view bytes);

  RowGroupReader& group_;
  const query::LogProjection& projection_;
  const RowPartition* rows_ = nullptr;
  std::vector<Template> templates_;  // parallel to the header's
  std::vector<Field> fields_;
  std::vector<query::FieldColumn> columns_;
  std::vector<std::uint8_t> unparsed_;
  std::size_t unparsed_count_ = 0;
  std::string bytes_of_value_;
  std::string scratch_;
  std::size_t bytes_ = 0;
};

}  // namespace sluice::storage
