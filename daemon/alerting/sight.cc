#include "daemon/alerting/sight.h"

#include <algorithm>

namespace sluice::alerting {
namespace {

using rules::Evidence;
using rules::Sight;

// Whole seconds read better than nanoseconds.
std::string age(Duration d) {
  return format_prometheus_duration(std::chrono::floor<std::chrono::seconds>(d));
}

Sight look(std::optional<Timestamp> newest, std::string_view what, Timestamp at,
           Duration stale_after) {
  if (!newest) return {Evidence::no_data, "no " + std::string(what) + " was ever stored"};
  if (*newest + stale_after >= at) return {};
  return {Evidence::stale, "blind: the newest " + std::string(what) + " is " + age(at - *newest) +
                               " old (stale after " + age(stale_after) + ")"};
}

}  // namespace

storage::Freshness freshness_for(const rules::RuleQuery& query, storage::Freshness stored,
                                 const Recorded& recorded) {
  std::optional<Timestamp> oldest;
  for (const auto& metric : query.metrics) {
    const auto it = recorded.find(metric);
    if (it == recorded.end()) return stored;
    oldest = oldest ? std::min(*oldest, it->second) : it->second;
  }
  if (oldest) stored.newest_sample = oldest;
  return stored;
}

Sight sight_of(const storage::Freshness& freshness, const rules::RuleQuery& query, Timestamp at,
               Duration stale_after) {
  Sight out;
  if (query.reads_logs) out = look(freshness.newest_log, "log entry", at, stale_after);
  if (out.evidence == Evidence::ok && query.reads_samples) {
    out = look(freshness.newest_sample, "sample", at, stale_after);
  }
  return out;
}

}  // namespace sluice::alerting
