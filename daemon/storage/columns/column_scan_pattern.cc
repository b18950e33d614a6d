#include <string>

#include "daemon/storage/columns/column_scan.h"
#include "daemon/storage/columns/pattern_column.h"

namespace sluice::storage {

namespace {

using OnePattern = PatternColumn::Pattern;

void test_values(const OnePattern& pattern, const ValueTest& test, RowSet& hits) {
  std::string value;
  for (std::size_t i = 0; i < pattern.rows; ++i) {
    value.clear();
    pattern.append(i, value);
    if (passes(test, value)) hits.insert(i);
  }
}

// A single byte lies in a piece or in a slot.
void scan_byte(const OnePattern& pattern, const ValueTest& test, RowSet& hits) {
  for (const auto& piece : pattern.pieces)
    if (passes(test, piece)) return hits.unite(RowSet::all(pattern.rows));
  for (const SlotColumn& column : pattern.columns) scan_column(column, test, hits);
}

// Between the two pieces of a pattern of one slot there is only one value that it can have.
void scan_equal(const OnePattern& pattern, const ValueTest& test, RowSet& hits) {
  std::string_view text = test.text;
  const std::string& before = pattern.pieces.front();
  const std::string& after = pattern.pieces.back();
  if (text.size() < before.size() + after.size() || !text.starts_with(before) ||
      !text.ends_with(after))
    return;
  text = text.substr(before.size(), text.size() - before.size() - after.size());
  if (pattern.columns.size() == 1)
    return scan_column(pattern.columns[0], {SlotTest::equals, text, false}, hits);
  test_values(pattern, test, hits);
}

RowSet passing_in(const OnePattern& pattern, const ValueTest& test) {
  RowSet hits = RowSet::none(pattern.rows);
  if (test.fold)
    test_values(pattern, test, hits);
  else if (test.test == SlotTest::equals)
    scan_equal(pattern, test, hits);
  else if (test.test == SlotTest::contains && test.text.size() == 1)
    scan_byte(pattern, test, hits);
  else
    test_values(pattern, test, hits);
  return hits;
}

}  // namespace

void scan_pattern(const SlotColumn& column, const ValueTest& test, RowSet& hits) {
  const PatternColumn& parts = *column.parts();
  std::vector<RowSet> passed;
  bool some = false;
  for (const OnePattern& pattern : parts.patterns()) {
    passed.push_back(passing_in(pattern, test));
    some = some || !passed.back().empty();
  }
  if (!some) return;
  if (passed.size() == 1) return hits.unite(passed[0]);
  for (std::size_t row = 0; row < parts.size(); ++row)
    if (passed[parts.pattern_of(row)].contains(parts.ordinal(row))) hits.insert(row);
}

}  // namespace sluice::storage
