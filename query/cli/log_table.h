// LogTable: log lines as columns: time, the fields asked for (else the labels), the line. Held
// until it is printed, since a column is as wide as its widest cell.
#pragma once

#include <string>

#include "query/cli/log_line.h"
#include "query/cli/style.h"

namespace sluice::query::cli {

class LogTable {
 public:
  explicit LogTable(const LogStyle& style);
  // `style` as the constructor's; its common labels may have become known.
  void add(const LogLine& line, const LogStyle& style);
  bool empty() const { return table_.empty(); }
  std::string render(bool color) const { return table_.render(color); }

 private:
  Table table_;
};

}  // namespace sluice::query::cli
