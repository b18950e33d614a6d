#include "query/engine/batch_groups.h"

#include <algorithm>
#include <array>
#include <utility>

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

// The first column's factor is always 1; the others' factors tell whether the columns before them
// have got more values.
bool BatchGroups::same_keys() const {
  return std::equal(parts_.begin(), parts_.end(), last_parts_.begin(), last_parts_.end(),
                    [](const Part& part, const LastPart& last) {
                      return part.column.dictionary != 0 &&
                             part.column.dictionary == last.dictionary && part.name == last.name &&
                             part.factor == last.factor;
                    }) &&
         std::equal(constants_.begin(), constants_.end(), last_constants_.begin(),
                    last_constants_.end(), [](const auto& label, const auto& last) {
                      return label.name == last.first && label.value == last.second;
                    });
}

void BatchGroups::remember() {
  last_parts_.clear();
  last_constants_.clear();
  for (const auto& [name, column, factor] : parts_)
    last_parts_.push_back({std::string(name), column.dictionary, factor});
  for (const auto& label : constants_) last_constants_.emplace_back(label.name, label.value);
}

// Keys mean nothing to the batches that follow.
void BatchGroups::forget_keys() {
  table_.clear();
  map_.clear();
  last_parts_.clear();
  last_constants_.clear();
}

Result<void> BatchGroups::finish(bool counted) {
  by_value_ = counted && parts_.size() == 1 && constants_.empty() &&
              series_.counts_values_of(parts_[0].name);
  if (by_value_) {
    forget_keys();
    return {};
  }
  const std::uint64_t places = keys_ != 0 && keys_ <= max_table ? keys_ : 0;
  if (same_keys()) {
    table_.resize(places, none);  // what is known is found again, by another way perhaps
  } else {
    map_.clear();
    table_.assign(places, none);
    remember();
  }
  return parts_.size() == 1 && places > many_values ? look_up_new_values() : Result<void>{};
}

// Many values are spread over more memory than caches hold, so that each look-up waits for it
// several times. Here these waits are shared by a block of them.
Result<void> BatchGroups::look_up_new_values() {
  constexpr std::size_t block = 32;
  constexpr std::size_t claimed = none - 1;
  new_rows_.clear();
  const auto codes = parts_[0].column.codes;
  for (std::size_t row = 0; row < codes.size(); ++row) {
    std::size_t& known = table_[key_of(row)];
    if (known != none) continue;
    known = claimed;
    new_rows_.push_back(row);
  }
  std::array<std::uint64_t, block> hashes;
  for (std::size_t begin = 0; begin < new_rows_.size(); begin += block) {
    const auto rows =
        std::span(new_rows_).subspan(begin, std::min(block, new_rows_.size() - begin));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      set_labels(rows[i]);
      hashes[i] = logql::LabelTable::hash_of(labels_);
    }
    series_.prefetch(std::span(hashes).first(rows.size()));
    for (const std::size_t row : rows) {
      SLUICE_TRY(table_[key_of(row)], make(row));
    }
  }
  return {};
}

void BatchGroups::enter(WindowSpan span) {
  span_ = span;
  known_.assign(keys_ != 0 && keys_ <= max_known ? keys_ : 0, nullptr);
}

// Keys are counted first, so that what they add to is looked for once for each of them.
Result<void> BatchGroups::count_rows(std::size_t begin, std::size_t end) {
  if (by_value_) {
    tally(begin, end);
    return count_values();
  }
  const bool few = keys_ != 0 && keys_ <= max_table;
  if (few && counts_.size() < keys_) counts_.resize(keys_);
  counted_.clear();
  for (std::size_t row = begin; row < end; ++row)
    if (!few || counts_[key_of(row)]++ == 0) counted_.push_back(row);
  for (const std::size_t row : counted_) {
    const double rows = few ? std::exchange(counts_[key_of(row)], 0) : 1;
    SLUICE_TRY(Aggregate* const aggregate, aggregate_of(row));
    aggregate->add_total(rows, rows);
  }
  return {};
}

// Of the one column: its codes into counts_, and a row of each code into counted_.
void BatchGroups::tally(std::size_t begin, std::size_t end) {
  if (counts_.size() < keys_) counts_.resize(keys_);
  counted_.resize(end - begin);
  const auto codes = parts_[0].column.codes;
  std::size_t found = 0;
  // Whether a code is new cannot be foreseen, so that nothing should hang on it.
  for (std::size_t row = begin; row < end; ++row) {
    counted_[found] = row;
    found += counts_[static_cast<std::uint32_t>(codes[row] + 1)]++ == 0 ? 1 : 0;
  }
  counted_.resize(found);
}

Result<void> BatchGroups::count_values() {
  const LabelColumn& column = parts_[0].column;
  values_.clear();
  for (const std::size_t row : counted_) {
    const std::uint32_t code = column.codes[row];
    const std::uint64_t rows = std::exchange(counts_[static_cast<std::uint32_t>(code + 1)], 0);
    if (code != FieldColumn::absent && !column.values[code].empty()) {
      const auto& text = column.values[code];
      const auto hash = column.hashes.empty() ? ValueCounts::hash_of(text) : column.hashes[code];
      values_.push_back({text, hash, rows});
      continue;
    }
    SLUICE_TRY(Aggregate* const aggregate, aggregate_of(row));
    aggregate->add_total(static_cast<double>(rows), static_cast<double>(rows));
  }
  return series_.count_values(values_);
}

Result<Aggregate*> BatchGroups::find_aggregate(std::size_t row) {
  SLUICE_TRY(const std::size_t series, series_of(row));
  SLUICE_TRY(Aggregate* const found, series_.piece(series, span_));
  if (!known_.empty()) known_[key_of(row)] = found;
  return found;
}

void BatchGroups::set_labels(std::size_t row) {
  labels_ = constants_;
  for (const auto& [name, column, factor] : parts_) {
    const std::uint32_t code = column.codes[row];
    if (code == FieldColumn::absent || column.values[code].empty()) continue;
    labels_.push_back({name, column.values[code], logql::Origin::stream});
  }
}

Result<std::size_t> BatchGroups::make(std::size_t row) {
  set_labels(row);
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
