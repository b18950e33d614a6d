#include <cstring>
#include <vector>

#include "daemon/storage/columns/column_scan.h"
#include "daemon/storage/columns/number_form.h"

namespace sluice::storage {

namespace {

void insert_fixed(const SlotColumn& column, const char* wanted, RowSet& hits) {
  const std::size_t stride = column.stride();
  const char* bytes = column.bytes().data();
  insert_where(column.size(), hits, [&](std::size_t row) {
    return std::memcmp(bytes + row * stride, wanted, stride) == 0;
  });
}

void scan_rendered_fixed(const SlotColumn& column, const ValueTest& test, RowSet& hits) {
  const ColumnInfo info = column.info();
  char text[max_fixed_bytes];
  for (std::size_t row = 0; row < column.size(); ++row) {
    const char* value = column.bytes().data() + row * column.stride();
    const char* end = render_fixed(value, info.form, info.width, text);
    if (passes(test, {text, static_cast<std::size_t>(end - text)})) hits.insert(row);
  }
}

}  // namespace

void scan_fixed(const SlotColumn& column, const ValueTest& test, RowSet& hits) {
  const ColumnInfo info = column.info();
  if (!may_pass(info, test)) return;
  if (test.test != SlotTest::equals || test.fold) return scan_rendered_fixed(column, test, hits);
  std::vector<char> wanted(column.stride());
  if (parse_fixed(info.form, info.width, test.text, wanted.data()))
    insert_fixed(column, wanted.data(), hits);
}

}  // namespace sluice::storage
