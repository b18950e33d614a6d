// TimedLogSource: a LogSource that measures how long another one takes, for EXPLAIN and the
// statistics of answers: planning (scan), searching (open) and reading (next) apart. Safe as the
// one it wraps.
#pragma once

#include "query/source.h"

namespace sluice::query {

class TimedLogSource : public LogSource {
 public:
  // `inner` must outlive it.
  explicit TimedLogSource(LogSource& inner) : inner_(inner) {}

  Result<std::unique_ptr<LogScan>> open_scan(const LogSelect& select,
                                             QueryContext& context) override;
  Result<std::vector<LabelSet>> streams(const TenantId& tenant,
                                        const std::vector<LabelMatcher>& matchers,
                                        TimeRange range) override {
    return inner_.streams(tenant, matchers, range);
  }

 private:
  LogSource& inner_;
};

}  // namespace sluice::query
