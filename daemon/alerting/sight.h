// Sight: can the data a query reads be trusted to be there? The watermark behind no_data and stale.
#pragma once

#include "daemon/storage/store.h"
#include "rules/evaluate.h"

namespace sluice::alerting {

// `stale_after`: data is stale when the newest of its kind is older than this at the evaluated
// time.
rules::Sight sight_of(const storage::Freshness& freshness, const rules::RuleQuery& query,
                      Timestamp at, Duration stale_after);

}  // namespace sluice::alerting
