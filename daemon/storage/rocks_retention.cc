// RocksStore: dropping what is past retention or above the size cap.
#include "base/telemetry/log.h"
#include "daemon/storage/rocks_store.h"

namespace sluice::storage {

namespace {

// A tenant's exemplars go with its samples.
ExemplarStore::FirstKept first_exemplars(const RetentionPolicy& policy, Timestamp now) {
  return [&policy, now](const TenantId& tenant) {
    const auto day = policy.first_sample_day(tenant, now);
    return day ? *day * ms_per_day : INT64_MIN;
  };
}

}  // namespace

void RocksStore::apply_retention() {
  if (auto dropped = drop_expired(clock_.now()); !dropped)
    log_error("removing data past retention failed", {{"error", dropped.error()}});
  if (options_.max_bytes > 0)
    if (auto shrunk = logs_.shrink_to(options_.max_bytes, day_of(clock_.now())); !shrunk)
      log_error("removing data above the size cap failed", {{"error", shrunk.error()}});
  if (auto pruned = deletions_.prune(); !pruned)
    log_error("removing old delete requests failed", {{"error", pruned.error()}});
}

// What nobody keeps goes in one range per family; tenants with shorter periods follow day by day.
Result<void> RocksStore::drop_expired(Timestamp now) {
  const RetentionPolicy& policy = deletions_.policy();
  if (const auto day = policy.first_day(now)) {
    SLUICE_CHECK(logs_.drop_before(*day, [&] { return remove_days(*day, part_families); }));
    SLUICE_CHECK(samples_.drop_before(*day));
    SLUICE_CHECK(sample_deletions_.drop_before(*day * ms_per_day));
  }
  SLUICE_CHECK(exemplars_.drop_before(*database_, first_exemplars(policy, now)));
  if (!policy.has_rules()) return {};
  SLUICE_CHECK(exemplars_.drop_cut(
      *database_, [&](const TenantId& tenant) { return policy.cuts(tenant, now); }));
  for (const TenantId& tenant : logs_.tenant_ids())
    if (const auto day = policy.first_log_day(tenant, now))
      SLUICE_CHECK(logs_.drop_before(tenant, *day));
  for (const TenantId& tenant : samples_.tenant_ids())
    if (const auto day = policy.first_sample_day(tenant, now))
      SLUICE_CHECK(samples_.drop_before(tenant, *day));
  return {};
}

Result<void> RocksStore::remove_days(Day day, std::span<const Family> families) {
  Batch step = database_->batch();
  for (const Family family : families) step.remove_range(family, day_key(INT32_MIN), day_key(day));
  return database_->write(step, Writer::maintenance);
}

}  // namespace sluice::storage
