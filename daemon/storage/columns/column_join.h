// ColumnJoin: the values of several decoded columns as one encoded column, for merges. Numbers stay
// numbers, dictionaries are joined by their values; only what does not fit together is written out
// as text and encoded from that. The bytes of every value are kept, as with encode_column().
//
// Memory is reused from column to column. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/storage/columns/slot_column.h"

namespace sluice::storage {

// Values that are joined: of a column, or texts if that is null. Must live as long as what is
// asked of the ColumnJoin about them.
struct JoinSource {
  const SlotColumn* column = nullptr;
  std::span<const std::string_view> texts;
};

// Where a value comes from: an index into the sources, and the row there.
struct JoinOrigin {
  std::uint32_t source = 0;
  std::uint32_t row = 0;
};

class ColumnJoin {
 public:
  // Appends the values of `origins`, of which there is at least one, to `out`; the other arguments
  // and the result are those of encode_column().
  ColumnInfo encode(std::span<const JoinSource> sources, std::span<const JoinOrigin> origins,
                    std::span<const Timestamp> times, std::string& out);

  // Calls visit(value) for the values of the column encoded last if it is text, for its distinct
  // values if it is a dictionary, for none otherwise.
  template <typename Visit>
  void each_text(Visit visit) const {
    if (shape_ == ColumnShape::dictionary)
      for (const std::uint32_t row : distinct_) visit(values_[row]);
    else if (shape_ == ColumnShape::text)
      for (const std::string_view value : values_) visit(value);
  }

 private:
  using Sources = std::span<const JoinSource>;
  using Origins = std::span<const JoinOrigin>;
  using Times = std::span<const Timestamp>;

  // The info of the sources if all are columns of one shape and form, decimals as wide as the
  // widest; dictionaries may be among numbers.
  static std::optional<ColumnInfo> common_info(Sources sources);
  bool convert_numbers(const JoinSource& source, const ColumnInfo& info);
  bool gather_numbers(Sources sources, Origins origins, const ColumnInfo& info);
  std::optional<ColumnInfo> join_numbers(Sources sources, Origins origins, const ColumnInfo& info,
                                         Times times, std::string& out);
  ColumnInfo join_fixed(Sources sources, Origins origins, const ColumnInfo& info, std::string& out);
  std::optional<ColumnInfo> join_dictionaries(Sources sources, Origins origins, Times times,
                                              std::string& out);
  ColumnInfo join_texts(Sources sources, Origins origins, Times times, std::string& out);
  void render_values(Sources sources, Origins origins);

  ColumnShape shape_ = ColumnShape::number;
  std::vector<std::string_view> values_;
  std::vector<std::uint32_t> distinct_;  // rows
  std::string arena_;                    // of values that had to be written out
  std::vector<std::int64_t> numbers_;
  std::vector<std::vector<std::int64_t>> converted_;  // per source
  std::vector<std::vector<std::uint32_t>> codes_;     // per source: code there to code here + 1
  std::unordered_map<std::string_view, std::uint32_t> by_value_;
};

}  // namespace sluice::storage
