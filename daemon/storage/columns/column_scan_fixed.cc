#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "base/types/ascii.h"
#include "daemon/storage/columns/byte_search.h"
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

bool rendered_passes(const SlotColumn& column, std::size_t row, const ValueTest& test) {
  const ColumnInfo& info = column.info();
  char text[max_fixed_bytes];
  const char* value = column.bytes().data() + row * column.stride();
  const char* end = render_fixed(value, info.form, info.width, text);
  return passes(test, {text, static_cast<std::size_t>(end - text)});
}

void scan_rendered_fixed(const SlotColumn& column, const ValueTest& test, RowSet& hits) {
  for (std::size_t row = 0; row < column.size(); ++row)
    if (rendered_passes(column, row, test)) hits.insert(row);
}

unsigned nibble_of(char digit) {
  const char lower = to_lower(digit);
  return static_cast<unsigned>(lower <= '9' ? lower - '0' : lower - 'a' + 10);
}

// The longest run without a '-'. The text is made of hex digits and '-', or may_pass() denied it.
std::string_view longest_digits(std::string_view text) {
  std::string_view longest;
  while (!text.empty()) {
    const auto run = text.substr(0, text.find('-'));
    if (run.size() > longest.size()) longest = run;
    text.remove_prefix(std::min(run.size() + 1, text.size()));
  }
  return longest;
}

std::string packed(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    bytes += static_cast<char>(nibble_of(digits[i]) << 4 | nibble_of(digits[i + 1]));
  return bytes;
}

// Values that hold these bytes are rendered and tested.
void scan_holding(const SlotColumn& column, std::string_view core, const ValueTest& test,
                  RowSet& hits) {
  const ByteSearch search(core, false);
  const std::string_view bytes = column.bytes();
  std::size_t at = search.find(bytes, 0);
  while (at != ByteSearch::none) {
    const std::size_t row = at / column.stride();
    const bool inside = at % column.stride() + core.size() <= column.stride();
    const bool hit = inside && rendered_passes(column, row, test);
    if (hit) hits.insert(row);
    at = search.find(bytes, inside ? (row + 1) * column.stride() : at + 1);
  }
}

// Digits lie in values in pairs; whichever digit the pairs begin with, the whole pairs among
// `digits` must be there as bytes.
void scan_packed(const SlotColumn& column, std::string_view digits, const ValueTest& test,
                 RowSet& hits) {
  scan_holding(column, packed(digits), test, hits);
  scan_holding(column, packed(digits.substr(1)), test, hits);
}

}  // namespace

void scan_fixed(const SlotColumn& column, const ValueTest& test, RowSet& hits) {
  const ColumnInfo info = column.info();
  if (!may_pass(info, test)) return;
  if (test.test != SlotTest::equals || test.fold) {
    const auto digits = longest_digits(test.text);
    return digits.size() < 3 ? scan_rendered_fixed(column, test, hits)
                             : scan_packed(column, digits, test, hits);
  }
  std::vector<char> wanted(column.stride());
  if (parse_fixed(info.form, info.width, test.text, wanted.data()))
    insert_fixed(column, wanted.data(), hits);
}

}  // namespace sluice::storage
