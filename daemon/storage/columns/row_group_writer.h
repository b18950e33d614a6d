// RowGroupWriter: rows in, one row group header and its chunks out.
//
// Lines are split as they come and copied once, into one flat buffer; slots are ranges of it. Lines
// of rare templates are split again, coarser; what is still rare becomes the one slot of the plain
// template (docs/format/log-part.md). Only templates that some group keeps enter the part's table.
// Used by one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/labels.h"
#include "base/types/time.h"
#include "daemon/storage/columns/group_encoder.h"
#include "daemon/storage/columns/line_groups.h"
#include "daemon/storage/columns/metadata_columns.h"
#include "daemon/storage/columns/minute_counts.h"
#include "daemon/storage/columns/template.h"

namespace sluice::storage {

class RowGroupWriter {
 public:
  // `templates` is the part's; it must outlive this. It is full() at `max_bytes` of lines and
  // metadata, at most row_group_bytes_max.
  explicit RowGroupWriter(TemplateTable& templates, std::size_t max_bytes = row_group_bytes_max);

  // The rows that follow are of another run. Called before the first row, too.
  void begin_run() { minutes_.begin_run(); }
  // Rows come in the order of the part. `metadata` may be null.
  void add(Timestamp timestamp, std::uint64_t sequence, std::string_view line,
           const LabelSet* metadata);
  std::size_t rows() const { return timestamps_.size(); }
  std::size_t line_bytes() const { return lines_.bytes(); }
  bool full() const;

  // At least one row. The writer is empty afterwards. `zstd_level` is for the chunks.
  EncodedGroup finish(int zstd_level);

 private:
  void add_template(const LineGroups::Group& group, GroupEncoder& encoder);
  void clear();

  TemplateTable& templates_;
  const std::size_t max_bytes_;
  LineGroups lines_;
  MetadataColumns metadata_;
  MinuteCountsBuilder minutes_;
  std::vector<Timestamp> timestamps_;
  std::vector<std::int64_t> sequences_;
  std::vector<std::string_view> values_;  // of a slot; into lines_
};

}  // namespace sluice::storage
