#include "daemon/storage/part_reader.h"

namespace sluice::storage {

Result<void> PartReader::open(PartCache& cache) {
  SLUICE_TRY(directory_, cache.directory(part_, &snapshot_));
  SLUICE_TRY(templates_, cache.templates(part_, &snapshot_));
  return {};
}

Result<bool> PartReader::next() {
  if (rows_ && row_ + 1 < rows_->rows()) {
    if (++row_ == run_end_) run_end_ += directory_->groups[group_ - 1].runs[++run_].rows;
    return true;
  }
  if (group_ == directory_->groups.size()) return false;
  SLUICE_CHECK(open_group());
  return true;
}

// Past the cache: a merge reads each header once and would push out what queries need.
Result<void> PartReader::open_group() {
  const std::string key = row_group_key(part_.day, part_.tenant, part_.id, group_);
  SLUICE_TRY(const auto value,
             database_.get(Family::group, key, ValueType::row_group_header, &snapshot_));
  if (!value) return Error{ErrorCode::not_found, "row group " + printable_key(key) + " is gone"};
  SLUICE_TRY(auto header, decode_header(value->payload()));
  const GroupInfo& info = directory_->groups[group_];
  if (header.rows != info.rows || info.runs.empty())
    return Error{ErrorCode::corrupt, "row group " + printable_key(key) + " does not fit its part"};
  SLUICE_TRY(auto reader,
             RowGroupReader::open(std::make_shared<const RowGroupHeader>(std::move(header)),
                                  templates_, chunk_fetcher(database_, part_, group_, &snapshot_)));
  SLUICE_TRY(rows_, MergeGroup::load(std::move(reader)));
  ++group_;
  run_ = 0;
  row_ = 0;
  run_end_ = info.runs.front().rows;
  return {};
}

void PartReader::line(std::string& line) const {
  line.clear();
  rows_->append_line(row_, line);
}

}  // namespace sluice::storage
