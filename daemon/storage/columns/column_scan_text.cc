#include <algorithm>

#include "daemon/storage/columns/byte_search.h"
#include "daemon/storage/columns/column_scan.h"

namespace sluice::storage {

namespace {

// One search over the bytes of all values; what crosses from a value into the next is no hit.
void scan_contains(const SlotColumn& column, const ValueTest& test, RowSet& hits) {
  const std::string_view bytes = column.bytes();
  const auto offsets = column.offsets();
  const ByteSearch search(test.text, test.fold);
  auto end = offsets.begin() + 1;  // of the value a hit lies in
  std::size_t at = search.find(bytes, 0);
  while (at != ByteSearch::none) {
    if (at >= *end) end = std::upper_bound(end, offsets.end(), at);
    if (at + test.text.size() <= *end) {
      hits.insert(static_cast<std::size_t>(end - offsets.begin()) - 1);
      at = *end;
    } else {
      ++at;
    }
    at = search.find(bytes, at);
  }
}

}  // namespace

void scan_text(const SlotColumn& column, const ValueTest& test, RowSet& hits) {
  if (test.test == SlotTest::contains && !test.text.empty() && column.size() > 0)
    return scan_contains(column, test, hits);
  const auto offsets = column.offsets();
  const bool equals = test.test == SlotTest::equals;
  for (std::size_t row = 0; row < column.size(); ++row) {
    const std::size_t size = offsets[row + 1] - offsets[row];
    const bool possible = equals ? size == test.text.size() : size >= test.text.size();
    if (possible && passes(test, column.text(row))) hits.insert(row);
  }
}

}  // namespace sluice::storage
