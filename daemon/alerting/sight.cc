#include "daemon/alerting/sight.h"

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
