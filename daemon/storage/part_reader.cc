#include "daemon/storage/part_reader.h"

#include <algorithm>
#include <numeric>

namespace sluice::storage {

namespace {

constexpr std::size_t window_rows = 1024;

}  // namespace

Result<void> PartReader::open(PartCache& cache) {
  SLUICE_TRY(directory_, cache.directory(part_, &snapshot_));
  SLUICE_TRY(templates_, cache.templates(part_, &snapshot_));
  return {};
}

Result<bool> PartReader::next() {
  if (rows_ && row_ + 1 < rows_->rows()) {
    if (++row_ == run_end_) run_end_ += directory_->groups[group_ - 1].runs[++run_].rows;
    if (row_ == window_begin_ + window_.size()) SLUICE_CHECK(load_window());
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
  SLUICE_TRY(rows_,
             RowGroupReader::open(std::make_shared<const RowGroupHeader>(std::move(header)),
                                  templates_, chunk_fetcher(database_, part_, group_, &snapshot_)));
  SLUICE_TRY(timestamps_, rows_->timestamps());
  SLUICE_TRY(sequences_, rows_->sequences());
  ++group_;
  run_ = 0;
  row_ = 0;
  run_end_ = info.runs.front().rows;
  return load_window();
}

Result<void> PartReader::load_window() {
  window_begin_ = row_;
  window_.resize(std::min(window_rows, rows_->rows() - row_));
  std::iota(window_.begin(), window_.end(), static_cast<std::uint32_t>(row_));
  SLUICE_CHECK(rows_->lines(window_, arena_, lines_));
  return rows_->metadata(window_, metadata_);
}

bool PartReader::before(const PartReader& other) const {
  if (const auto order = labels() <=> other.labels(); order != 0) return order < 0;
  if (timestamp() != other.timestamp()) return timestamp() < other.timestamp();
  return sequence() < other.sequence();
}

}  // namespace sluice::storage
