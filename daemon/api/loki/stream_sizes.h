// StreamSizes: entries and bytes per stream, as stores count them: whole minutes by the headers of
// row groups, only the odd seconds at both ends by columns. For index/stats, volume and shards.
#pragma once

#include <cstdint>
#include <map>

#include "query/source.h"

namespace sluice::api::loki {

struct StreamSize {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  // of lines
};
struct StreamSizes {
  std::map<LabelSet, StreamSize> streams;
  std::uint64_t batches = 0;  // row groups and head batches looked at

  StreamSize total() const;
};

Result<StreamSizes> measure_streams(query::LogSource& logs, const TenantId& tenant,
                                    const std::vector<query::LabelMatcher>& matchers,
                                    TimeRange range, query::QueryContext& context);

}  // namespace sluice::api::loki
