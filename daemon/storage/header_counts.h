// HeaderCounts: entries and bytes per interval of the wanted runs of a row group, from its header
// alone: what counting without filters needs, without reading a chunk.
#pragma once

#include <cstdint>
#include <vector>

#include "daemon/storage/columns/row_group_header.h"
#include "daemon/storage/log_plan.h"
#include "query/source.h"

namespace sluice::storage {

// Of its labels, whether the projection looks at any metadata that these rows have.
bool looks_at_metadata(const query::LogProjection& projection, const RowGroupHeader& header);

class HeaderCounts {
 public:
  // False: the query looks at more than counts, or its intervals are not whole minutes.
  static bool serves(const query::LogSelect& select, const RowGroupHeader& header);

  // `scan` must outlive it.
  HeaderCounts(const RowGroupHeader& header, const PartScan& scan, std::uint32_t group,
               const query::LogSelect& select, query::QueryStats& stats);
  // The counts of the next run, without its stream's number; valid until the next call. False at
  // the end.
  bool next(query::LogBatch& batch);

 private:
  struct Counted {  // one interval of one run
    std::uint32_t run;
    Timestamp timestamp;
    std::uint64_t rows;
    std::uint64_t bytes;
  };

  const PartScan& scan_;
  const GroupInfo& info_;
  bool sizes_wanted_;
  std::vector<Counted> counted_;
  std::size_t next_ = 0;
  std::vector<Timestamp> timestamps_;
  std::vector<std::uint64_t> counts_;
  std::vector<std::uint64_t> sizes_;
};

}  // namespace sluice::storage
