// PartBuilder: rows in; row groups, template list, directory and summary out. Seals give lines,
// merges rows of row groups; a part is made of one or the other.
//
// Rows come sorted by (labels, timestamp, sequence), all of one tenant and day. Finished values go
// to `sink` at once, so a merge holds one row group and not the part.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "daemon/storage/columns/row_group_merger.h"
#include "daemon/storage/columns/row_group_writer.h"
#include "daemon/storage/keys.h"
#include "daemon/storage/part_format.h"

namespace sluice::storage {

struct Part {
  Day day = 0;
  TenantId tenant;
  PartId id = 0;
  PartSummary summary;
};
using PartPtr = std::shared_ptr<const Part>;

class PartBuilder {
 public:
  // Given each value of the part but its summary, which makes the part exist.
  using Sink = std::function<Result<void>(Family family, const std::string& key, ValueType type,
                                          const std::string& payload)>;

  PartBuilder(Day day, TenantId tenant, PartId id, int zstd_level, Sink sink);
  // The stream of the rows that follow; not less than the one before.
  void begin_stream(const LabelSet& labels);
  Result<void> add(Timestamp timestamp, std::uint64_t sequence, std::string_view line,
                   const LabelSet* metadata);
  Result<void> add(const MergeGroupPtr& group, std::uint32_t row);
  Result<PartPtr> finish();

 private:
  // A merge holds a decoded row group of each part it reads, and reads what was sealed soon. Less
  // of a group is also more likely still in a cache when the next of its columns is encoded.
  static constexpr std::size_t sealed_group_bytes = 2 << 20;

  // True: the row is the first of a run.
  bool count_row(Timestamp timestamp, std::uint64_t sequence);
  Result<void> close_group(std::size_t line_bytes, const EncodedGroup& encoded);

  Part part_;
  int level_;
  Sink sink_;
  TemplateTable templates_;
  RowGroupWriter rows_{templates_, sealed_group_bytes};
  RowGroupMerger merged_{templates_};
  PartDirectory directory_;
  GroupInfo group_;
};

}  // namespace sluice::storage
