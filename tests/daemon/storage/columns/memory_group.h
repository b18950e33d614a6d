// MemoryGroup: a row group of plain vectors, its columns encoded and decoded by the real codec.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "daemon/storage/columns/gram_filter.h"
#include "daemon/storage/columns/line_search.h"
#include "daemon/storage/columns/slot_column.h"
#include "tests/daemon/storage/columns/random_text.h"

namespace sluice::storage {

struct MemoryRow {
  std::uint32_t template_number = 0;
  std::vector<std::string> values;
};

class MemoryGroup : public SearchableGroup {
 public:
  MemoryGroup(std::span<const LineTemplate> templates, std::vector<MemoryRow> rows)
      : templates_(templates), rows_(std::move(rows)) {
    for (std::uint32_t row = 0; row < rows_.size(); ++row)
      rows_of_[rows_[row].template_number].push_back(static_cast<RowNumber>(row));
    GramFilterBuilder grams;
    for (const auto& [number, members] : rows_of_) {
      numbers_.push_back(number);
      for (std::uint32_t slot = 0; slot < templates_[number].slots(); ++slot)
        add_column(number, slot, grams);
    }
    grams_ = grams.finish();
  }

  std::size_t rows() const override { return rows_.size(); }
  std::span<const std::uint32_t> templates() const override { return numbers_; }
  const GramFilter& grams() const override { return grams_; }
  const ColumnInfo& column_info(std::uint32_t number, std::uint32_t slot) const override {
    return infos_.at({number, slot});
  }
  Result<const SlotColumn*> column(std::uint32_t number, std::uint32_t slot) override {
    return &columns_.at({number, slot});
  }
  Result<std::span<const RowNumber>> rows_of(std::uint32_t number) override {
    return std::span<const RowNumber>(rows_of_.at(number));
  }
  Result<void> line(std::uint32_t row, std::string& out) override {
    out = line_at(row);
    return {};
  }
  std::string line_at(std::size_t row) const {
    return line_of(templates_[rows_[row].template_number], rows_[row].values);
  }

 private:
  using Key = std::pair<std::uint32_t, std::uint32_t>;

  void add_column(std::uint32_t number, std::uint32_t slot, GramFilterBuilder& grams) {
    std::vector<std::string_view> values;
    for (const std::uint32_t row : rows_of_[number]) values.push_back(rows_[row].values[slot]);
    const std::vector<Timestamp> times(values.size());
    std::string encoded;
    const ColumnInfo info = encode_column(values, times, encoded);
    if (info.shape == ColumnShape::dictionary || info.shape == ColumnShape::text)
      for (const auto value : values) grams.add(value);
    infos_.emplace(Key{number, slot}, info);
    columns_.emplace(Key{number, slot}, decode_column(info, values.size(), times, encoded).value());
  }

  std::span<const LineTemplate> templates_;
  std::vector<MemoryRow> rows_;
  std::vector<std::uint32_t> numbers_;
  std::map<std::uint32_t, std::vector<RowNumber>> rows_of_;
  std::map<Key, ColumnInfo> infos_;
  std::map<Key, SlotColumn> columns_;
  GramFilter grams_;
};

}  // namespace sluice::storage
