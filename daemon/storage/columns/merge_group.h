// MergeGroup: one row group of which everything is decoded, for a merge to take rows from.
// Immutable; kept until the last row group that takes from it is written.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "daemon/storage/columns/row_group_reader.h"

namespace sluice::storage {

class MergeGroup {
 public:
  // Decodes all columns. Errors of the reader: corrupt, not_found, io.
  static Result<std::shared_ptr<MergeGroup>> load(std::unique_ptr<RowGroupReader> reader);

  std::size_t rows() const { return timestamps_.size(); }
  Timestamp timestamp(std::size_t row) const { return timestamps_[row]; }
  std::uint64_t sequence(std::size_t row) const { return sequences_[row]; }
  std::uint32_t line_bytes(std::size_t row) const { return line_bytes_[row]; }
  const LabelSet* metadata(std::size_t row) const {
    return metadata_.empty() ? nullptr : metadata_[row];
  }
  // Which of the group's templates the row has, and its place among the rows of that.
  std::uint32_t kind(std::size_t row) const { return partition_->kind(row); }
  std::uint32_t ordinal(std::size_t row) const { return ordinals_[row]; }
  std::size_t kinds() const { return reader_->header().templates.size(); }
  const LineTemplate& pattern(std::size_t kind) const;
  bool plain(std::size_t kind) const;
  const SlotColumn& column(std::size_t kind, std::size_t slot) const {
    return *columns_[reader_->header().templates[kind].first_column + slot];
  }
  void append_line(std::size_t row, std::string& out) const;

 private:
  MergeGroup() = default;
  Result<void> load_columns();
  void add_lengths(std::size_t kind);

  std::unique_ptr<RowGroupReader> reader_;
  const RowPartition* partition_ = nullptr;
  std::span<const Timestamp> timestamps_;
  std::span<const std::uint64_t> sequences_;
  std::vector<RowNumber> ordinals_;         // of each row
  std::vector<const SlotColumn*> columns_;  // parallel to the header's; those of slots
  std::vector<std::uint32_t> line_bytes_;
  std::vector<const LabelSet*> metadata_;
};

}  // namespace sluice::storage
