// PartReader: the rows of one part in order, one row group at a time, all of it decoded. For merges
// and checks.
#pragma once

#include <memory>
#include <string>

#include "daemon/storage/columns/row_group_merger.h"
#include "daemon/storage/part_cache.h"

namespace sluice::storage {

class PartReader {
 public:
  // All arguments must outlive it.
  PartReader(const Database& database, const Snapshot& snapshot, const Part& part)
      : database_(database), snapshot_(snapshot), part_(part) {}

  // Before anything else, once. Error(corrupt) as for next().
  Result<void> open(PartCache& cache);
  // Moves to the next row; false at the end. Error(corrupt): a value of the part is damaged; a
  // merge must not go on, or the damage would become a silent loss.
  Result<bool> next();

  const Part& part() const { return part_; }
  const std::vector<LabelSet>& streams() const { return directory_->streams; }
  // Of the current row.
  std::uint32_t stream() const { return directory_->groups[group_ - 1].runs[run_].stream; }
  const LabelSet& labels() const { return directory_->streams[stream()]; }
  Timestamp timestamp() const { return rows_->timestamp(row_); }
  std::uint64_t sequence() const { return rows_->sequence(row_); }
  const MergeGroupPtr& group() const { return rows_; }
  std::uint32_t row() const { return row_; }
  // Built when asked for; replaces `line`.
  void line(std::string& line) const;

 private:
  Result<void> open_group();

  const Database& database_;
  const Snapshot& snapshot_;
  const Part& part_;
  std::shared_ptr<const PartDirectory> directory_;
  std::shared_ptr<const TemplateList> templates_;
  MergeGroupPtr rows_;
  std::uint32_t group_ = 0;  // the next to open
  std::size_t run_ = 0;      // of the current row
  std::size_t run_end_ = 0;  // row after the run
  std::uint32_t row_ = 0;
};

}  // namespace sluice::storage
