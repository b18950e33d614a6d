#include "daemon/storage/columns/column_scan.h"

namespace sluice::storage {

void scan_column(const SlotColumn& column, const ValueTest& test, RowSet& hits) {
  switch (column.shape()) {
    case ColumnShape::dictionary: return scan_dictionary(column, test, hits);
    case ColumnShape::text: return scan_text(column, test, hits);
    case ColumnShape::number: return scan_number(column, test, hits);
    case ColumnShape::fixed: return scan_fixed(column, test, hits);
    case ColumnShape::pattern: return scan_pattern(column, test, hits);
  }
}

bool value_passes(const SlotColumn& column, std::size_t row, const ValueTest& test,
                  std::string& scratch) {
  if (column.shape() == ColumnShape::text) return passes(test, column.text(row));
  if (column.shape() == ColumnShape::dictionary)
    return passes(test, column.values()[column.code(row)]);
  scratch.clear();
  column.append(row, scratch);
  return passes(test, scratch);
}

}  // namespace sluice::storage
