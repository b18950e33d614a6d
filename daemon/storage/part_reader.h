// PartReader: the rows of one part in order, one row group in memory. For merges.
#pragma once

#include <memory>

#include "daemon/storage/database.h"
#include "daemon/storage/part_builder.h"

namespace sluice::storage {

class PartReader {
 public:
  // All arguments must outlive it.
  PartReader(const Database& database, const Snapshot& snapshot, const Part& part,
             std::shared_ptr<const PartDirectory> directory)
      : database_(database), snapshot_(snapshot), part_(part), directory_(std::move(directory)) {}

  // Moves to the next row; false at the end. Error(corrupt): a row group is damaged; a merge must
  // not go on, or the damage would become a silent loss.
  Result<bool> next();

  const Part& part() const { return part_; }
  const LabelSet& labels() const { return directory_->streams[run().stream]; }
  Timestamp timestamp() const { return rows().timestamps[row_]; }
  std::uint64_t sequence() const { return rows().sequences[row_]; }
  std::string_view line() const { return rows().lines[row_]; }
  const LabelSet* metadata() const {
    return rows().metadata.empty() ? nullptr : rows().metadata[row_];
  }
  // Order of the current rows.
  bool before(const PartReader& other) const;

 private:
  const Run& run() const { return directory_->groups[group_ - 1].runs[run_]; }
  const RowColumns& rows() const { return decoded_->rows(); }
  Result<void> open_group();

  const Database& database_;
  const Snapshot& snapshot_;
  const Part& part_;
  const std::shared_ptr<const PartDirectory> directory_;
  std::unique_ptr<RowGroup> decoded_;
  std::uint32_t group_ = 0;  // the next to open
  std::size_t run_ = 0;      // of the current row
  std::size_t run_end_ = 0;  // row after the run
  std::size_t row_ = 0;
};

}  // namespace sluice::storage
