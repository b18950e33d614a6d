// Order of an instant query's result: sort(), sort_desc() and LogQL's aggregations of that name.
#pragma once

#include "query/engine/grid.h"

namespace sluice::query {

// By the value at the only step, NaN last either way. Grids of more steps keep their order: the
// result of a range query is sorted by labels.
void sort_by_value(GridVector& vector, bool descending);

}  // namespace sluice::query
