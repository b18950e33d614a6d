#include "daemon/storage/columns/column_scan.h"
#include "daemon/storage/columns/number_form.h"

namespace sluice::storage {

namespace {

void insert_number(std::span<const std::int64_t> numbers, std::int64_t wanted, RowSet& hits) {
  insert_where(numbers.size(), hits, [&](std::size_t row) { return numbers[row] == wanted; });
}

void scan_rendered_numbers(const SlotColumn& column, const ValueTest& test, RowSet& hits) {
  const ColumnInfo info = column.info();
  char text[max_number_bytes];
  for (std::size_t row = 0; row < column.size(); ++row) {
    const char* end = render_number(column.numbers()[row], info.form, info.width, text);
    if (passes(test, {text, static_cast<std::size_t>(end - text)})) hits.insert(row);
  }
}

}  // namespace

void scan_number(const SlotColumn& column, const ValueTest& test, RowSet& hits) {
  if (!may_pass(column.info(), test)) return;
  if (test.test != SlotTest::equals || test.fold) return scan_rendered_numbers(column, test, hits);
  const auto wanted = parse_number(column.info().form, column.info().width, test.text);
  if (wanted) insert_number(column.numbers(), *wanted, hits);
}

}  // namespace sluice::storage
