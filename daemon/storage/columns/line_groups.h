// LineGroups: the lines of a row group, copied into one buffer and sorted by template; slots are
// ranges of that buffer, so no value is copied or allocated on its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/storage/columns/line_splitter.h"
#include "daemon/storage/columns/template.h"

namespace sluice::storage {

class LineGroups {
 public:
  // A template with fewer rows in the group is not worth its columns.
  static constexpr std::size_t rare_rows = 16;

  // The rows of one template, ascending.
  struct Group {
    std::uint32_t number = 0;  // of the template in the part's table
    std::uint32_t slots = 0;
    std::vector<std::uint32_t> rows;
    std::vector<SlotRange> ranges;  // into bytes of the buffer: `slots` per row
  };

  void add(std::string_view line);
  std::size_t rows() const { return ends_.size(); }
  std::size_t bytes() const { return lines_.size(); }
  std::string_view line(std::size_t row) const;
  std::string_view value(SlotRange range) const {
    return std::string_view(lines_).substr(range.begin, range.end - range.begin);
  }
  // Every row is in exactly one group; groups ascend by number. Templates that are kept are added
  // to `part`. The lines stay until clear(), which rows may be added after.
  std::vector<Group> finish(TemplateTable& part);
  void clear();

 private:
  // Templates of this row group alone, and what was put to each of them.
  struct Draft {
    TemplateTable table;
    std::vector<Group> groups;
    std::vector<std::uint32_t> unplaced;  // no room in the table
  };

  void place(std::uint32_t row, Detail detail, Draft& draft);
  // Moves the groups worth keeping from `draft` to `kept`; gives the rows of the others, ascending.
  std::vector<std::uint32_t> keep(Draft draft, Detail detail, TemplateTable& part,
                                  std::vector<Group>& kept);
  void add_plain(const std::vector<std::uint32_t>& rows, std::vector<Group>& kept) const;

  std::string lines_;
  std::vector<std::uint32_t> ends_;  // of each line in lines_
  Draft fine_;
  LineSplitter splitter_;
  SplitLine split_;
};

// Number 0 of every part is the template of LineSplitter::whole(), so that any line has a place in
// any part.
inline constexpr std::uint32_t plain_template = 0;
void add_plain_template(TemplateTable& part);

}  // namespace sluice::storage
