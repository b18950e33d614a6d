// Deployments: the registry. A cache of the stored documents; every change is one commit.
// All members are safe from any thread.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/types/time.h"
#include "daemon/release/deployment.h"
#include "daemon/storage/store.h"

namespace sluice::release {

struct DeploymentFilter {
  std::string service, env, version, status;  // "": any
  std::size_t limit = 50;
};

class Deployments {
 public:
  Deployments(storage::Store& store, Clock& clock, std::size_t max_deployments);
  Result<void> load();

  struct Started {
    Deployment deployment;
    bool created = false;
  };
  // Fills in id, status and (when zero) started_at. Error(invalid_argument): a bad name.
  Result<Started> start(Deployment wanted);
  // Error: not_found; conflict when finished with another status.
  Result<Deployment> finish(const std::string& id, DeploymentStatus status,
                            std::optional<Timestamp> finished_at);
  Result<Deployment> get(const std::string& id) const;
  std::vector<Deployment> list(const DeploymentFilter& filter) const;  // newest first

  // The newest that is neither failed nor rolled back.
  std::optional<Deployment> current(const std::string& service, const std::string& env) const;
  // The newest of those with another version that started no later than that version did (or than
  // now, if it was never recorded).
  std::optional<Deployment> previous(const std::string& service, const std::string& env,
                                     const std::string& version) const;
  // Marks the current deployment of this version rolled back.
  Result<void> mark_rolled_back(const std::string& service, const std::string& env,
                                const std::string& version);

 private:
  Result<void> store_locked(Deployment deployment);
  std::vector<const Deployment*> newest_first() const;

  storage::Store& store_;
  Clock& clock_;
  const std::size_t max_deployments_;
  mutable std::mutex mutex_;
  std::map<std::string, Deployment> by_id_;  // protected by mutex_
};

}  // namespace sluice::release
