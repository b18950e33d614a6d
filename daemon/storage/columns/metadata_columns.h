// Structured metadata of a row group as columns: rows whose metadata have the same names share a
// shape, and each name of a shape has a column of values, like the slots of a template.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/types/labels.h"
#include "daemon/storage/columns/row_group_header.h"

namespace sluice::storage {

// Collects what RowGroupWriter encodes.
class MetadataColumns {
 public:
  struct Shape {
    std::vector<std::string> names;
    std::vector<std::uint32_t> rows;
    std::vector<std::uint32_t> ends;  // of value i in `values`; names.size() per row
    std::string values;
  };

  void add(std::uint32_t row, const LabelSet* metadata);
  const std::vector<Shape>& shapes() const { return shapes_; }
  std::size_t bytes() const { return bytes_; }

 private:
  std::vector<Shape> shapes_;
  std::unordered_map<std::string, std::uint32_t> numbers_;  // by names
  std::string scratch_;
  std::size_t bytes_ = 0;
};

// Label sets made from the columns of shapes. They live as long as this.
class MetadataSets {
 public:
  // The set of one row: the `ordinal`-th of its shape, whose decoded columns are `columns`.
  const LabelSet* get(std::size_t shape_number, const MetadataShape& shape,
                      std::span<const SlotColumn* const> columns, std::uint32_t ordinal);
  std::size_t memory_bytes() const { return bytes_; }

 private:
  bool key_of(std::size_t shape_number, std::span<const SlotColumn* const> columns,
              std::uint32_t ordinal);

  std::deque<LabelSet> sets_;
  std::unordered_map<std::string, const LabelSet*> by_codes_;
  std::string key_;
  std::size_t bytes_ = 0;
};

}  // namespace sluice::storage
