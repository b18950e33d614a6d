// One look of a gate at the data: counts, patterns, watermark; judged by the pure checks of
// rules/gate. Everything is recomputed from stored lines over [started_at, now).
#pragma once

#include "daemon/release/gate_data.h"
#include "daemon/release/gate_record.h"
#include "daemon/release/options.h"

namespace sluice::release {

struct Look {
  rules::GateObservation seen;
  GateSight sight;
};

// Never fails as a call: what could not be asked is an `error` check.
Look observe(const GateRecord& gate, const ServiceOptions& service, const rules::GatePolicy& policy,
             const GateData& data, Timestamp now);

// Can the gate see? no_data before the first line, stale when the newest is older than stale_after.
std::pair<rules::Evidence, std::string> gate_sight(std::optional<Timestamp> watermark,
                                                   Timestamp now, Duration stale_after);

}  // namespace sluice::release
