// PartReader: the rows of one part in order, one row group in memory. For merges.
#pragma once

#include <memory>
#include <string>
#include <vector>

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
  // Of the current row; valid until next().
  const LabelSet& labels() const { return directory_->streams[run().stream]; }
  Timestamp timestamp() const { return timestamps_[row_]; }
  std::uint64_t sequence() const { return sequences_[row_]; }
  std::string_view line() const { return lines_[row_ - window_begin_]; }
  const LabelSet* metadata() const { return metadata_[row_ - window_begin_]; }
  // Order of the current rows.
  bool before(const PartReader& other) const;

 private:
  const Run& run() const { return directory_->groups[group_ - 1].runs[run_]; }
  Result<void> open_group();
  Result<void> load_window();

  const Database& database_;
  const Snapshot& snapshot_;
  const Part& part_;
  std::shared_ptr<const PartDirectory> directory_;
  std::shared_ptr<const TemplateList> templates_;
  std::unique_ptr<RowGroupReader> rows_;
  std::span<const Timestamp> timestamps_;
  std::span<const std::uint64_t> sequences_;
  std::uint32_t group_ = 0;  // the next to open
  std::size_t run_ = 0;      // of the current row
  std::size_t run_end_ = 0;  // row after the run
  std::size_t row_ = 0;
  // Lines are rebuilt a window of rows at a time.
  std::size_t window_begin_ = 0;
  std::vector<std::uint32_t> window_;
  std::string arena_;
  std::vector<std::string_view> lines_;
  std::vector<const LabelSet*> metadata_;
};

}  // namespace sluice::storage
