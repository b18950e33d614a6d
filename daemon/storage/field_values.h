// What `| json` and `| logfmt` make of the value of one slot.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/storage/columns/slot_column.h"
#include "query/log_projection.h"

namespace sluice::storage {

// The label's value for the bytes that stand in the line; nullopt: no label (null, an array, an
// empty value of logfmt). `scratch` may hold the result.
std::optional<std::string_view> field_value(query::LogProjection::Parser parser, bool quoted,
                                            std::string_view bytes, std::string& scratch);

// Whether field_value() of each of these is its bytes as they are.
bool all_plain(query::LogProjection::Parser parser, bool quoted,
               std::span<const std::string_view> values);

// Whether every value of a column is a number that NumberScale gives as parse_float() would.
bool gives_numbers(const ColumnInfo& info);
class NumberScale {
 public:
  NumberScale() = default;
  explicit NumberScale(const ColumnInfo& info);
  // The label's value, for a number of the column.
  double of(std::int64_t number) const {
    const auto value = static_cast<double>(number);
    return divisor_ == 1 ? value : value / divisor_;
  }

 private:
  double divisor_ = 1;
};

}  // namespace sluice::storage
