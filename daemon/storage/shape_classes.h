// Classes of a slot's values: values of one class make lines of one template. See ShapeReader.
#pragma once

#include <cstdint>
#include <vector>

#include "daemon/storage/columns/slot_column.h"
#include "rules/template_key.h"

namespace sluice::storage {

// Known without the column: all values are of one class.
bool one_class(const ColumnInfo& info, const rules::PartPlace& place);

// A class per value, numbered from 0; empty: one for all. `escaped`: values with a backslash are
// read by others with what it stands for, so that each is a class of its own.
std::vector<std::uint32_t> classes_of(const SlotColumn& column, const rules::PartPlace& place,
                                      bool escaped);

}  // namespace sluice::storage
