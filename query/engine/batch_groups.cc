#include "query/engine/batch_groups.h"

namespace sluice::query {

void BatchGroups::start() {
  parts_.clear();
  constants_.clear();
  keys_ = 1;
}

void BatchGroups::add(const std::string& name, const LabelColumn& column) {
  if (column.is_constant()) {
    if (column.constant) constants_.push_back({name, *column.constant, logql::Origin::stream});
    return;
  }
  parts_.push_back({name, column, keys_});
  const std::uint64_t values = column.values.size() + 1;
  const bool fits = keys_ <= std::numeric_limits<std::uint64_t>::max() / values;
  keys_ = fits ? keys_ * values : 0;
}

void BatchGroups::finish() {
  map_.clear();
  table_.assign(keys_ != 0 && keys_ <= max_table ? keys_ : 0, none);
}

void BatchGroups::enter(WindowSpan span) {
  span_ = span;
  known_.assign(keys_ != 0 && keys_ <= max_known ? keys_ : 0, nullptr);
}

Result<Aggregate*> BatchGroups::find_aggregate(std::size_t row) {
  SLUICE_TRY(const std::size_t series, series_of(row));
  SLUICE_TRY(Aggregate* const found, series_.piece(series, span_));
  if (!known_.empty()) known_[key_of(row)] = found;
  return found;
}

Result<std::size_t> BatchGroups::make(std::size_t row) {
  labels_ = constants_;
  for (const auto& [name, column, factor] : parts_) {
    const std::uint32_t code = column.codes[row];
    if (code == FieldColumn::absent || column.values[code].empty()) continue;
    labels_.push_back({name, column.values[code], logql::Origin::stream});
  }
  return series_.index_of(labels_);
}

Result<std::size_t> BatchGroups::series_of(std::size_t row) {
  if (keys_ == 0) return make(row);  // the keys do not fit into 64 bits
  const std::uint64_t key = key_of(row);
  if (!table_.empty()) {
    std::size_t& known = table_[key];
    if (known == none) {
      SLUICE_TRY(known, make(row));
    }
    return known;
  }
  const auto it = map_.find(key);
  if (it != map_.end()) return it->second;
  SLUICE_TRY(const std::size_t index, make(row));
  map_.emplace(key, index);
  return index;
}

}  // namespace sluice::query
