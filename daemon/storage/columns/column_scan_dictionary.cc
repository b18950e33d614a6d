#include <algorithm>
#include <vector>

#include "daemon/storage/columns/column_scan.h"

namespace sluice::storage {

namespace {

void insert_code(std::span<const std::uint16_t> codes, std::uint32_t wanted, RowSet& hits) {
  insert_where(codes.size(), hits, [&](std::size_t row) { return codes[row] == wanted; });
}

}  // namespace

void scan_dictionary(const SlotColumn& column, const ValueTest& test, RowSet& hits) {
  const auto values = column.values();
  std::vector<std::uint8_t> passing(values.size());
  std::transform(values.begin(), values.end(), passing.begin(), [&](std::string_view value) {
    return static_cast<std::uint8_t>(passes(test, value) ? 1 : 0);
  });
  const auto first = std::find(passing.begin(), passing.end(), 1);
  if (first == passing.end()) return;
  if (column.constant()) return hits.unite(RowSet::all(column.size()));
  const auto codes = column.codes();
  if (std::find(first + 1, passing.end(), 1) == passing.end())
    return insert_code(codes, static_cast<std::uint32_t>(first - passing.begin()), hits);
  insert_where(codes.size(), hits, [&](std::size_t row) { return passing[codes[row]] != 0; });
}

}  // namespace sluice::storage
