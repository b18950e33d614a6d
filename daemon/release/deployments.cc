#include "daemon/release/deployments.h"

#include <algorithm>

#include "daemon/release/names.h"

namespace sluice::release {
namespace {

using storage::Keyspace;

constexpr std::size_t max_commit_bytes = 256;

bool in_force(const Deployment& d) {
  return d.status == DeploymentStatus::running || d.status == DeploymentStatus::succeeded;
}

bool matches(const DeploymentFilter& f, const Deployment& d) {
  return (f.service.empty() || f.service == d.service) && (f.env.empty() || f.env == d.env) &&
         (f.version.empty() || f.version == d.version) &&
         (f.status.empty() || f.status == to_string(d.status));
}

Result<void> check(const Deployment& d) {
  SLUICE_CHECK(check_name("service", d.service));
  SLUICE_CHECK(check_name("env", d.env));
  SLUICE_CHECK(check_name("version", d.version));
  if (d.commit.size() > max_commit_bytes) {
    return invalid_argument("\"commit\" is longer than 256 bytes");
  }
  return {};
}

}  // namespace

Deployments::Deployments(storage::Store& store, Clock& clock, std::size_t max_deployments)
    : store_(store), clock_(clock), max_deployments_(max_deployments) {}

Result<void> Deployments::load() {
  SLUICE_TRY(const auto documents, store_.scan(Keyspace::deployment, ""));
  const std::lock_guard lock(mutex_);
  for (const auto& document : documents) {
    SLUICE_TRY(auto deployment, decode_deployment(document.key, document.value));
    by_id_[document.key] = std::move(deployment);
  }
  return {};
}

Result<Deployments::Started> Deployments::start(Deployment wanted) {
  SLUICE_CHECK(check(wanted));
  const std::lock_guard lock(mutex_);
  const bool timed = wanted.started_at != Timestamp{};
  if (!timed) wanted.started_at = clock_.now();
  wanted.id = deployment_id(wanted);
  wanted.status = DeploymentStatus::running;
  for (const auto& [id, known] : by_id_) {
    const bool same = known.service == wanted.service && known.env == wanted.env &&
                      known.version == wanted.version;
    const bool repeated = id == wanted.id || (!timed && known.status == DeploymentStatus::running);
    if (same && repeated) return Started{known, false};
  }
  SLUICE_CHECK(store_locked(wanted));
  return Started{std::move(wanted), true};
}

Result<Deployment> Deployments::finish(const std::string& id, DeploymentStatus status,
                                       std::optional<Timestamp> finished_at) {
  const std::lock_guard lock(mutex_);
  const auto it = by_id_.find(id);
  if (it == by_id_.end()) return Error{ErrorCode::not_found, "no deployment has the id " + id};
  Deployment changed = it->second;
  if (changed.status == status) return changed;
  if (changed.status != DeploymentStatus::running) {
    return Error{ErrorCode::conflict,
                 "deployment " + id + " is already " + std::string(to_string(changed.status))};
  }
  changed.status = status;
  changed.finished_at = finished_at ? *finished_at : clock_.now();
  SLUICE_CHECK(store_locked(changed));
  return changed;
}

Result<Deployment> Deployments::get(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto it = by_id_.find(id);
  if (it == by_id_.end()) return Error{ErrorCode::not_found, "no deployment has the id " + id};
  return it->second;
}

std::vector<const Deployment*> Deployments::newest_first() const {
  std::vector<const Deployment*> out;
  for (const auto& [id, deployment] : by_id_) out.push_back(&deployment);
  std::sort(out.begin(), out.end(), [](const Deployment* a, const Deployment* b) {
    return std::tie(a->started_at, a->id) > std::tie(b->started_at, b->id);
  });
  return out;
}

std::vector<Deployment> Deployments::list(const DeploymentFilter& filter) const {
  const std::lock_guard lock(mutex_);
  std::vector<Deployment> out;
  for (const Deployment* deployment : newest_first()) {
    if (out.size() >= filter.limit) break;
    if (matches(filter, *deployment)) out.push_back(*deployment);
  }
  return out;
}

std::optional<Deployment> Deployments::current(const std::string& service,
                                               const std::string& env) const {
  const std::lock_guard lock(mutex_);
  for (const Deployment* d : newest_first()) {
    if (d->service == service && d->env == env && in_force(*d)) return *d;
  }
  return std::nullopt;
}

std::optional<Deployment> Deployments::previous(const std::string& service, const std::string& env,
                                                const std::string& version) const {
  const std::lock_guard lock(mutex_);
  Timestamp before = clock_.now();
  for (const Deployment* d : newest_first()) {
    if (d->service != service || d->env != env || !in_force(*d)) continue;
    if (d->version == version) {
      before = std::min(before, d->started_at);
    } else if (d->started_at <= before) {
      return *d;
    }
  }
  return std::nullopt;
}

Result<void> Deployments::mark_rolled_back(const std::string& service, const std::string& env,
                                           const std::string& version) {
  const auto running = current(service, env);
  if (!running || running->version != version) return {};
  const std::lock_guard lock(mutex_);
  Deployment changed = *running;
  changed.status = DeploymentStatus::rolled_back;
  changed.finished_at = clock_.now();
  return store_locked(std::move(changed));
}

// The caller holds mutex_, also over the commit: the registry changes a few times an hour.
Result<void> Deployments::store_locked(Deployment deployment) {
  storage::Step step;
  step.put(Keyspace::deployment, deployment.id, encode(deployment));
  std::string oldest;
  if (by_id_.size() >= max_deployments_ && !by_id_.count(deployment.id)) {
    oldest = newest_first().back()->id;
    step.remove(Keyspace::deployment, oldest);
  }
  SLUICE_CHECK(store_.commit(step));
  by_id_.erase(oldest);
  const std::string id = deployment.id;
  by_id_[id] = std::move(deployment);
  return {};
}

}  // namespace sluice::release
