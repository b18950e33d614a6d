// BatchGroups: which series each row of a batch belongs to, by the codes of the columns grouped by.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <unordered_map>
#include <vector>

#include "query/engine/batch_labels.h"
#include "query/engine/log_series.h"

namespace sluice::query {

class BatchGroups {
 public:
  explicit BatchGroups(LogSeries& series) : series_(series) {}

  void start();
  // Groups by the values of the column too. Not for columns of numbers.
  void add(const std::string& name, const LabelColumn& column);
  // After the last column.
  void finish();
  // The number of the row's series.
  Result<std::size_t> series_of(std::size_t row);

 private:
  static constexpr std::size_t max_table = 1 << 16;
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  struct Part {
    std::string_view name;
    LabelColumn column;
    std::uint64_t factor = 1;  // of the column's code in the key
  };
  std::uint64_t key_of(std::size_t row) const;
  Result<std::size_t> make(std::size_t row);

  LogSeries& series_;
  std::vector<Part> parts_;  // columns that are not constant
  std::vector<logql::LabelView> constants_;
  std::uint64_t keys_ = 1;          // how many there can be; 0: more than fit
  std::vector<std::size_t> table_;  // by key, if they are few
  std::unordered_map<std::uint64_t, std::size_t> map_;
  std::vector<logql::LabelView> labels_;
};

}  // namespace sluice::query
