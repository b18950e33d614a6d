// Deletions: the delete requests of all tenants, durable as documents, and the tombstones that
// follow from them and from retention.
//
// A part's id and the tombstones it is built with are taken together (begin_part), and a request
// reads the next id and becomes visible together: so a part is either older than a request, and
// readers hide its rows, or it was built knowing the request. Safe from any thread.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>

#include "daemon/storage/database.h"
#include "daemon/storage/delete_request.h"
#include "daemon/storage/retention_policy.h"

namespace sluice::storage {

// Unprocessed requests of one tenant; each costs every query of the tenant something.
inline constexpr std::size_t delete_requests_max = 1'000;
// Processed requests of one tenant that are kept to be listed, at most for this long.
inline constexpr std::size_t processed_requests_max = 1'000;
inline constexpr std::chrono::hours processed_requests_age{24 * 30};

class Deletions {
 public:
  Deletions(Database& database, const StoreOptions& options, RetentionPolicy policy, Clock& clock);

  // Reads the requests; raises `next_part` above what they speak of. Before anything else, once.
  Result<void> recover(std::atomic<PartId>& next_part);

  // Never null. As of now: retention moves on with the days, requests become settled.
  TombstonesPtr tombstones(const TenantId& tenant);
  struct NewPart {
    PartId id = 0;
    TombstonesPtr tombstones;
  };
  NewPart begin_part(const TenantId& tenant, std::atomic<PartId>& next_part);

  // The caller has sealed the tenant's head and holds off seals.
  Result<std::string> add(const TenantId& tenant, const std::string& query, TimeRange range,
                          std::atomic<PartId>& next_part);
  std::vector<DeleteRequest> list(const TenantId& tenant) const;
  Result<void> cancel(const TenantId& tenant, const std::string& id, bool force);
  // No part holds anything of it any more.
  Result<void> processed(const TenantId& tenant, const std::string& id);
  std::size_t pending() const;
  // Forgets processed requests that are old or many.
  Result<void> prune();

  const RetentionPolicy& policy() const { return policy_; }

 private:
  struct Tenant {
    std::map<std::string, StoredRequest> requests;  // by id
    TombstonesPtr tombstones;                       // null: to be made
    Timestamp made_at = Timestamp::min();
    Timestamp valid_until = Timestamp::min();  // next midnight, or the next request to settle
  };
  TombstonesPtr tombstones_locked(const TenantId& tenant);
  std::string new_id(const Tenant& tenant, const std::string& query) const;
  bool settled(const DeleteRequest& request, Timestamp now) const;
  Result<void> write(const TenantId& tenant, const StoredRequest& stored);
  Result<void> prune_tenant(const TenantId& id, Tenant& tenant);

  Database& database_;
  const std::chrono::seconds cancel_period_;
  const RetentionPolicy policy_;
  Clock& clock_;
  mutable std::mutex mutex_;
  std::map<TenantId, Tenant> tenants_;  // protected by mutex_
};

}  // namespace sluice::storage
