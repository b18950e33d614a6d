// Space per tenant as gauges. Days are left to GET /api/v1/admin/storage: a series per tenant and
// day would be new ones every day, for ever.
#include <map>
#include <memory>
#include <mutex>

#include "daemon/api/admin/routes.h"

namespace sluice::api {

namespace {

constexpr std::size_t tenants_shown_max = 1'000;

void set_gauges(Metrics& metrics, const TenantId& tenant, const storage::DaySpace& space) {
  const Metrics::Labels labels = {{"tenant", tenant.value}};
  const auto set = [&](const char* name, const char* help, std::uint64_t value) {
    metrics.gauge(name, help, labels).set(static_cast<double>(value));
  };
  set("sluice_storage_tenant_parts", "Log parts of a tenant.", space.parts);
  set("sluice_storage_tenant_rows", "Log entries in parts of a tenant.", space.rows);
  set("sluice_storage_tenant_line_bytes", "Bytes of the lines in log parts of a tenant.",
      space.line_bytes);
  set("sluice_storage_tenant_stored_bytes", "Bytes of log parts of a tenant as stored.",
      space.stored_bytes);
}

// Tenants seen once are set to zero when their parts are gone, instead of standing still.
struct SeenTenants {
  std::mutex mutex;
  std::map<TenantId, storage::DaySpace> space;  // protected by mutex

  // Those past the bound share a tenant without a name.
  void add(const storage::DaySpace& day) {
    const bool known = space.count(day.tenant) > 0 || space.size() < tenants_shown_max;
    auto& sum = space[known ? day.tenant : TenantId()];
    sum.parts += day.parts;
    sum.rows += day.rows;
    sum.line_bytes += day.line_bytes;
    sum.stored_bytes += day.stored_bytes;
  }
};

}  // namespace

void add_space_metrics(Metrics& metrics, storage::StoreOperations& store) {
  const auto seen = std::make_shared<SeenTenants>();
  metrics.on_collect([&metrics, &store, seen] {
    const std::lock_guard lock(seen->mutex);
    for (auto& [tenant, space] : seen->space) space = {};
    for (const auto& day : store.space()) seen->add(day);
    for (const auto& [tenant, space] : seen->space) set_gauges(metrics, tenant, space);
  });
}

}  // namespace sluice::api
