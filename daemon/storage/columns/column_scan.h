// Which values of a decoded slot column pass a test: one file per shape, column_scan_<shape>.cc.
//
// Cost, in short: a dictionary tests each distinct value and compares codes; text is searched as
// one run of bytes; numbers and fixed values are compared in binary where the test allows, and
// rendered where it does not; patterns compare what is between their pieces, and are rendered value
// by value for all but equality.
#pragma once

#include <string>

#include "daemon/storage/columns/row_set.h"
#include "daemon/storage/columns/slot_column.h"
#include "daemon/storage/columns/slot_test.h"

namespace sluice::storage {

// Adds the positions of the values that pass to `hits`, which has column.size() rows.
void scan_column(const SlotColumn& column, const ValueTest& test, RowSet& hits);
// Whether one value passes; `scratch` is overwritten.
bool value_passes(const SlotColumn& column, std::size_t row, const ValueTest& test,
                  std::string& scratch);

// By shape; scan_column() chooses.
void scan_dictionary(const SlotColumn& column, const ValueTest& test, RowSet& hits);
void scan_text(const SlotColumn& column, const ValueTest& test, RowSet& hits);
void scan_number(const SlotColumn& column, const ValueTest& test, RowSet& hits);
void scan_fixed(const SlotColumn& column, const ValueTest& test, RowSet& hits);
void scan_pattern(const SlotColumn& column, const ValueTest& test, RowSet& hits);

// Adds the rows of [0, rows) for which is_hit(row) says so, 64 at a time and without branches, so
// that compilers can vectorise it.
template <typename IsHit>
void insert_where(std::size_t rows, RowSet& hits, IsHit is_hit) {
  for (std::size_t begin = 0; begin < rows; begin += 64) {
    const std::size_t size = rows - begin < 64 ? rows - begin : 64;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < size; ++i)
      bits |= static_cast<std::uint64_t>(is_hit(begin + i) ? 1 : 0) << i;
    if (bits != 0) hits.unite_word(begin / 64, bits);
  }
}

}  // namespace sluice::storage
