#include "daemon/storage/deletions.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

#include "base/telemetry/log.h"

namespace sluice::storage {

namespace {

std::string hex8(std::uint64_t n) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (int shift = 28; shift >= 0; shift -= 4) out += digits[n >> shift & 15];
  return out;
}

Timestamp next_midnight(Timestamp now) {
  return from_unix_ns((static_cast<std::int64_t>(day_of(now)) + 1) * ns_per_day);
}

Error no_such_request(const std::string& id) {
  return {ErrorCode::not_found, "could not find delete request with given id: " + id};
}

}  // namespace

Deletions::Deletions(Database& database, const StoreOptions& options, RetentionPolicy policy,
                     Clock& clock)
    : database_(database),
      cancel_period_(options.delete_cancel_period),
      policy_(std::move(policy)),
      clock_(clock) {}

Result<void> Deletions::recover(std::atomic<PartId>& next_part) {
  const std::lock_guard lock(mutex_);
  const std::string prefix = document_key(Keyspace::deletion, "");
  Scan scan = database_.scan_prefix(Family::document, prefix);
  while (scan.next()) {
    const std::string_view key = scan.key().substr(prefix.size());
    const std::size_t nul = key.find('\0');
    if (nul == std::string_view::npos) continue;
    const auto payload = scan.payload(ValueType::document);
    auto stored = payload ? decode_request(std::string(key.substr(nul + 1)), *payload)
                          : Result<StoredRequest>(payload.error());
    if (!stored) {
      database_.report_corrupt(stored.error());
      continue;
    }
    if (next_part.load() < stored->parts_below) next_part.store(stored->parts_below);
    const std::string id = stored->request.id;
    tenants_[TenantId(std::string(key.substr(0, nul)))].requests.emplace(id, std::move(*stored));
  }
  return scan.status();
}

bool Deletions::settled(const DeleteRequest& request, Timestamp now) const {
  return now - request.created >= cancel_period_;
}

TombstonesPtr Deletions::tombstones(const TenantId& tenant) {
  const std::lock_guard lock(mutex_);
  return tombstones_locked(tenant);
}

TombstonesPtr Deletions::tombstones_locked(const TenantId& id) {
  static const auto none = std::make_shared<const Tombstones>();
  const Timestamp now = clock_.now();
  auto known = tenants_.find(id);
  if (known == tenants_.end()) {
    if (!policy_.has_rules()) return none;
    known = tenants_.try_emplace(id).first;
  }
  Tenant& tenant = known->second;
  if (tenant.tombstones && tenant.made_at <= now && now < tenant.valid_until)
    return tenant.tombstones;
  tenant.made_at = now;
  tenant.valid_until = next_midnight(now);
  std::vector<Tombstone> deletions;
  for (const auto& [request_id, stored] : tenant.requests) {
    if (stored.request.processed) continue;
    const bool is_settled = settled(stored.request, now);
    if (!is_settled)
      tenant.valid_until = std::min(tenant.valid_until, stored.request.created + cancel_period_);
    auto tombstone = make_tombstone(stored, is_settled);
    if (tombstone)
      deletions.push_back(std::move(*tombstone));
    else
      log_error("a stored delete request cannot be applied",
                {{"tenant", id.value}, {"request", request_id}, {"error", tombstone.error()}});
  }
  tenant.tombstones =
      std::make_shared<const Tombstones>(std::move(deletions), policy_.cuts(id, now));
  return tenant.tombstones;
}

Deletions::NewPart Deletions::begin_part(const TenantId& tenant, std::atomic<PartId>& next_part) {
  const std::lock_guard lock(mutex_);
  return {next_part.fetch_add(1), tombstones_locked(tenant)};
}

std::string Deletions::new_id(const Tenant& tenant, const std::string& query) const {
  std::uint64_t seed = static_cast<std::uint64_t>(unix_ns(clock_.now()));
  for (;; ++seed) {
    std::string id = hex8(XXH3_64bits_withSeed(query.data(), query.size(), seed));
    if (tenant.requests.count(id) == 0) return id;
  }
}

Result<void> Deletions::write(const TenantId& tenant, const StoredRequest& stored) {
  Batch step = database_.batch();
  step.put(Family::document, request_key(tenant, stored.request.id), ValueType::document,
           encode_request(stored));
  return database_.write(step, Writer::maintenance);
}

Result<std::string> Deletions::add(const TenantId& id, const std::string& query, TimeRange range,
                                   std::atomic<PartId>& next_part) {
  const std::lock_guard lock(mutex_);
  Tenant& tenant = tenants_[id];
  const auto waiting = std::count_if(tenant.requests.begin(), tenant.requests.end(),
                                     [](const auto& r) { return !r.second.request.processed; });
  if (static_cast<std::size_t>(waiting) >= delete_requests_max)
    return Error{ErrorCode::limit_exceeded, "tenant " + id.value + " has " +
                                                std::to_string(waiting) +
                                                " unprocessed delete requests; retry later"};
  StoredRequest stored;
  stored.request = {new_id(tenant, query), query, range, clock_.now(), false};
  stored.parts_below = next_part.load();
  SLUICE_CHECK(write(id, stored));
  tenant.tombstones.reset();
  const std::string request_id = stored.request.id;
  tenant.requests.emplace(request_id, std::move(stored));
  log_info("logs are deleted", {{"tenant", id.value}, {"request", request_id}, {"query", query}});
  return request_id;
}

std::vector<DeleteRequest> Deletions::list(const TenantId& id) const {
  const std::lock_guard lock(mutex_);
  std::vector<DeleteRequest> all;
  const auto known = tenants_.find(id);
  if (known == tenants_.end()) return all;
  for (const auto& [request_id, stored] : known->second.requests) all.push_back(stored.request);
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.created < b.created; });
  return all;
}

Result<void> Deletions::cancel(const TenantId& id, const std::string& request_id, bool force) {
  const std::lock_guard lock(mutex_);
  const auto known = tenants_.find(id);
  if (known == tenants_.end()) return no_such_request(request_id);
  Tenant& tenant = known->second;
  const auto it = tenant.requests.find(request_id);
  if (it == tenant.requests.end()) return no_such_request(request_id);
  const DeleteRequest& request = it->second.request;
  if (request.processed || (settled(request, clock_.now()) && !force))
    return invalid_argument(
        "deletion of request which is in process or already processed is not allowed");
  Batch step = database_.batch();
  step.remove(Family::document, request_key(id, request_id));
  SLUICE_CHECK(database_.write(step, Writer::maintenance));
  tenant.requests.erase(it);
  tenant.tombstones.reset();
  log_info("a deletion of logs was cancelled", {{"tenant", id.value}, {"request", request_id}});
  return {};
}

Result<void> Deletions::processed(const TenantId& id, const std::string& request_id) {
  const std::lock_guard lock(mutex_);
  Tenant& tenant = tenants_[id];
  const auto it = tenant.requests.find(request_id);
  if (it == tenant.requests.end()) return {};  // cancelled meanwhile
  StoredRequest done = it->second;
  done.request.processed = true;
  SLUICE_CHECK(write(id, done));
  it->second = std::move(done);
  tenant.tombstones.reset();
  log_info("a deletion of logs is done", {{"tenant", id.value}, {"request", request_id}});
  return {};
}

std::size_t Deletions::pending() const {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const auto& [id, tenant] : tenants_)
    for (const auto& [request_id, stored] : tenant.requests) count += !stored.request.processed;
  return count;
}

Result<void> Deletions::prune() {
  const std::lock_guard lock(mutex_);
  for (auto& [id, tenant] : tenants_) SLUICE_CHECK(prune_tenant(id, tenant));
  return {};
}

Result<void> Deletions::prune_tenant(const TenantId& id, Tenant& tenant) {
  std::vector<const DeleteRequest*> done;
  for (const auto& [request_id, stored] : tenant.requests)
    if (stored.request.processed) done.push_back(&stored.request);
  std::sort(done.begin(), done.end(),
            [](const auto* a, const auto* b) { return a->created > b->created; });
  std::vector<std::string> gone;
  for (std::size_t i = 0; i < done.size(); ++i)
    if (i >= processed_requests_max || clock_.now() - done[i]->created > processed_requests_age)
      gone.push_back(done[i]->id);
  if (gone.empty()) return {};
  Batch step = database_.batch();
  for (const auto& request_id : gone) step.remove(Family::document, request_key(id, request_id));
  SLUICE_CHECK(database_.write(step, Writer::maintenance));
  for (const auto& request_id : gone) tenant.requests.erase(request_id);
  return {};
}

}  // namespace sluice::storage
