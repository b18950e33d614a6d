// Tests of slot values: on a value's bytes, and on what is known of a column without its values.
#pragma once

#include <string_view>

#include "daemon/storage/columns/line_search.h"
#include "daemon/storage/columns/slot_column.h"

namespace sluice::storage {

struct ValueTest {
  SlotTest test = SlotTest::contains;
  std::string_view text;
  bool fold = false;  // see Needle
};

bool passes(const ValueTest& test, std::string_view value);

// False: no value of a column of numbers or fixed values can pass, judged by the characters such
// values are written with, their lengths, and the least and greatest of them. True for the other
// shapes, whose values the gram filter knows.
bool may_pass(const ColumnInfo& info, const ValueTest& test);

// False: no column of numbers or fixed values, whatever its form, has a value that contains this.
// Settles most words once per query.
bool may_be_typed(std::string_view text);

}  // namespace sluice::storage
