// Sight: can the data a query reads be trusted to be there? The watermark behind no_data and stale.
#pragma once

#include <map>
#include <string>

#include "daemon/storage/store.h"
#include "rules/evaluate.h"

namespace sluice::alerting {

// When recording rules last wrote each metric while they could see what they read.
using Recorded = std::map<std::string, Timestamp>;

// The freshness a query sees. Samples of our own steps do not count as arriving data, so a query
// over nothing but recorded metrics is judged by when those were recorded.
storage::Freshness freshness_for(const rules::RuleQuery& query, storage::Freshness stored,
                                 const Recorded& recorded);

// `stale_after`: data is stale when the newest of its kind is older than this at the evaluated
// time.
rules::Sight sight_of(const storage::Freshness& freshness, const rules::RuleQuery& query,
                      Timestamp at, Duration stale_after);

}  // namespace sluice::alerting
