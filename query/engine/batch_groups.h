// BatchGroups: which series each row of a batch belongs to, by the codes of the columns grouped by.
//
// Rows are many and groups few, so what a row adds to is found by its key alone: a table holds the
// aggregate of each key for the windows at hand.
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

  // The columns of the next batch.
  void start();
  // Groups by the values of the column too. Not for columns of numbers.
  void add(const std::string& name, const LabelColumn& column);
  // After the last column. `counted`: what follows is count_rows(), and all windows are one.
  Result<void> finish(bool counted);
  // All rows of the batch are of one series.
  bool is_one() const { return parts_.empty(); }
  // Adds 1 for each of the rows [begin, end), all in the windows entered last.
  Result<void> count_rows(std::size_t begin, std::size_t end);
  // The number of the row's series.
  Result<std::size_t> series_of(std::size_t row);
  // Rows that follow fall into these windows.
  void enter(WindowSpan span);
  // What the row adds to. Valid until the next one.
  Result<Aggregate*> aggregate_of(std::size_t row) {
    if (!known_.empty())
      if (Aggregate* const known = known_[key_of(row)]) return known;
    return find_aggregate(row);
  }

 private:
  static constexpr std::size_t max_table = 1 << 17;
  static constexpr std::size_t max_known = 1 << 12;  // emptied with each window
  static constexpr std::size_t many_values = 1 << 10;
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  struct Part {
    std::string_view name;
    LabelColumn column;
    std::uint64_t factor = 1;  // of the column's code in the key
  };
  // Absent is 0: the code wraps around.
  std::uint64_t key_of(std::size_t row) const {
    std::uint64_t key = 0;
    for (const Part& part : parts_)
      key += part.factor * static_cast<std::uint32_t>(part.column.codes[row] + 1);
    return key;
  }
  // Whether a key means the same labels as it did in the last batch.
  bool same_keys() const;
  void remember();
  Result<Aggregate*> find_aggregate(std::size_t row);
  Result<void> look_up_new_values();
  void forget_keys();
  void tally(std::size_t begin, std::size_t end);
  Result<void> count_values();
  void set_labels(std::size_t row);
  Result<std::size_t> make(std::size_t row);

  LogSeries& series_;
  std::vector<Part> parts_;  // columns that are not constant
  std::vector<logql::LabelView> constants_;
  std::uint64_t keys_ = 1;  // how many there can be; 0: more than fit
  // What the keys of the last batch were made of.
  struct LastPart {
    std::string name;
    std::uint64_t dictionary = 0;
    std::uint64_t factor = 1;
  };
  std::vector<LastPart> last_parts_;
  std::vector<std::pair<std::string, std::string>> last_constants_;
  std::vector<std::size_t> table_;  // by key, if they are few
  std::unordered_map<std::uint64_t, std::size_t> map_;
  WindowSpan span_;
  // By key, null if not yet asked for. Pieces of a series stay where they are until it gets
  // another.
  std::vector<Aggregate*> known_;
  std::vector<logql::LabelView> labels_;
  std::vector<std::size_t> new_rows_;
  bool by_value_ = false;              // what is counted are values of a label, not series
  std::vector<std::uint32_t> counts_;  // of count_rows(), by key; zeros between calls
  std::vector<std::size_t> counted_;   // a row of each key counted
  std::vector<ValueCounts::Value> values_;
};

}  // namespace sluice::query
