// LogStore: what retention and the size cap drop, whole days of a tenant at a time; and the space
// that is taken.
#include <algorithm>

#include "base/telemetry/log.h"
#include "daemon/storage/log_store.h"

namespace sluice::storage {

namespace {

std::string day_text(Day day) {
  const auto start = from_unix_ns(static_cast<std::int64_t>(day) * ns_per_day);
  return format_rfc3339(start).substr(0, 10);
}

}  // namespace

std::vector<TenantId> LogStore::tenant_ids() const {
  std::vector<TenantId> ids;
  for (const TenantLogs* logs : tenants()) ids.push_back(logs->tenant());
  return ids;
}

Result<void> LogStore::drop_before(Day day, const std::function<Result<void>()>& remove) {
  const std::lock_guard lock(catalog_mutex_);
  std::size_t dropped = 0;
  for (TenantLogs* logs : tenants()) dropped += logs->drop_before(day).size();
  if (dropped == 0) return {};
  metrics_.parts_dropped.inc(static_cast<double>(dropped));
  log_info("retention dropped log parts", {{"parts", dropped}});
  return remove();
}

Result<void> LogStore::drop_before(const TenantId& id, Day day) {
  const std::lock_guard lock(catalog_mutex_);
  TenantLogs* logs = find_tenant(id);
  if (!logs) return {};
  const auto dropped = logs->drop_before(day);
  std::set<Day> days;
  for (const auto& part : dropped) days.insert(part->day);
  if (days.empty()) return {};
  metrics_.parts_dropped.inc(static_cast<double>(dropped.size()));
  log_info("retention of a tenant dropped log parts",
           {{"tenant", id.value}, {"parts", dropped.size()}});
  for (const Day gone : days) SLUICE_CHECK(remove_day(gone, id));
  return {};
}

Result<void> LogStore::remove_day(Day day, const TenantId& id) {
  Batch step = database_.batch();
  const std::string prefix = tenant_day_key(day, id);
  for (const Family family : part_families)
    step.remove_range(family, prefix, prefix_end(prefix));
  return database_.write(step, Writer::maintenance);
}

// Within a day the tenant with most of it goes first: fewest are hit.
Result<void> LogStore::shrink_to(std::uint64_t max_bytes, Day today) {
  auto days = space();
  std::uint64_t total = 0;
  for (const auto& day : days) total += day.stored_bytes;
  metrics_.over_cap_bytes.set(0);
  if (total <= max_bytes) return {};
  std::sort(days.begin(), days.end(), [](const DaySpace& a, const DaySpace& b) {
    return a.day != b.day ? a.day < b.day : a.stored_bytes > b.stored_bytes;
  });
  for (const auto& day : days) {
    if (total <= max_bytes || day.day >= today) break;
    SLUICE_CHECK(drop_day(day.day, day.tenant, day.stored_bytes));
    total -= day.stored_bytes;
  }
  if (total > max_bytes) metrics_.over_cap_bytes.set(static_cast<double>(total - max_bytes));
  return {};
}

Result<void> LogStore::drop_day(Day day, const TenantId& id, std::uint64_t bytes) {
  const std::lock_guard lock(catalog_mutex_);
  const std::size_t parts = tenant(id).drop_day(day).size();
  metrics_.cap_dropped_parts.inc(static_cast<double>(parts));
  metrics_.cap_dropped_bytes.inc(static_cast<double>(bytes));
  log_warn("a day of logs was dropped: parts take more than storage.max_bytes",
           {{"tenant", id.value}, {"day", day_text(day)}, {"parts", parts}, {"bytes", bytes}});
  return remove_day(day, id);
}

std::vector<DaySpace> LogStore::space() const {
  std::map<std::pair<TenantId, Day>, DaySpace> days;
  for (const TenantLogs* logs : tenants()) {
    const auto parts = logs->parts();
    for (const auto& part : *parts) {
      DaySpace& day = days[{part->tenant, part->day}];
      day.tenant = part->tenant;
      day.day = part->day;
      ++day.parts;
      day.rows += part->summary.rows;
      day.line_bytes += part->summary.line_bytes;
      day.stored_bytes += part->summary.stored_bytes;
    }
  }
  std::vector<DaySpace> list;
  for (auto& [key, day] : days) list.push_back(std::move(day));
  return list;
}

}  // namespace sluice::storage
