// What `| json` and `| logfmt` make of the value of one slot.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/storage/columns/slot_column.h"
#include "query/log_projection.h"

namespace sluice::storage {

// The label's value for the bytes that stand in the line; nullopt: no label (null, an array, an
// empty value of logfmt). `scratch` may hold the result.
std::optional<std::string_view> field_value(query::LogProjection::Parser parser, bool quoted,
                                            std::string_view bytes, std::string& scratch);

// Whether every value of a column is a number that field_number() gives as parse_float() would.
bool gives_numbers(const ColumnInfo& info);
double field_number(const ColumnInfo& info, std::int64_t value);

}  // namespace sluice::storage
