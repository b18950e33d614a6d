#include "daemon/storage/part_reader.h"

namespace sluice::storage {

Result<bool> PartReader::next() {
  if (decoded_ && row_ + 1 < rows().size()) {
    if (++row_ == run_end_) run_end_ += directory_->groups[group_ - 1].runs[++run_].rows;
    return true;
  }
  if (group_ == directory_->groups.size()) return false;
  SLUICE_CHECK(open_group());
  return true;
}

Result<void> PartReader::open_group() {
  const std::string key = row_group_key(part_.day, part_.tenant, part_.id, group_);
  SLUICE_TRY(const auto value, database_.get(Family::rows, key, ValueType::row_group, &snapshot_));
  if (!value) return Error{ErrorCode::not_found, "row group " + printable_key(key) + " is gone"};
  SLUICE_TRY(decoded_, RowGroup::decode(value->payload()));
  const GroupInfo& info = directory_->groups[group_];
  if (decoded_->rows().size() != info.rows || info.rows == 0 || info.runs.empty())
    return Error{ErrorCode::corrupt, "row group " + printable_key(key) + " does not fit its part"};
  ++group_;
  run_ = 0;
  row_ = 0;
  run_end_ = info.runs.front().rows;
  return {};
}

bool PartReader::before(const PartReader& other) const {
  if (const auto order = labels() <=> other.labels(); order != 0) return order < 0;
  if (timestamp() != other.timestamp()) return timestamp() < other.timestamp();
  return sequence() < other.sequence();
}

}  // namespace sluice::storage
