// ExemplarSource: what query_exemplars needs from a store. Safe from any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "base/types/exemplar.h"
#include "base/types/ids.h"
#include "base/types/result.h"
#include "query/ast/label_matcher.h"

namespace sluice::query {

class ExemplarSource {
 public:
  virtual ~ExemplarSource() = default;
  // Of the series that any of the selectors matches, in label order, each series' own ascending by
  // time; start and end both inclusive.
  virtual Result<std::vector<SeriesExemplars>> exemplars(
      const TenantId& tenant, const std::vector<std::vector<LabelMatcher>>& selectors,
      std::int64_t start_ms, std::int64_t end_ms) = 0;
};

}  // namespace sluice::query
