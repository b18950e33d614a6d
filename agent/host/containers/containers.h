// The containers collector's decisions: which cgroups are shown, and under which labels. Pure. And
// the collector with a statvfs of one's choice, for tests.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/host/containers/cgroup_tree.h"
#include "agent/host/containers/container_identity.h"
#include "agent/host/containers/container_names.h"
#include "agent/host/statfs_prober.h"
#include "base/types/labels.h"

namespace sluice::agent {

struct Collector;
struct HostRoots;

struct KnownCgroup {
  std::string id;
  ContainerIdentity identity;
  std::optional<ContainerName> name;  // of a container, where a file tells
  friend bool operator==(const KnownCgroup&, const KnownCgroup&) = default;
};

// The root, then containers and pods, then the others; of each kind the first by path. At most max.
std::vector<KnownCgroup> choose_cgroups(const std::vector<std::string>& ids, std::size_t max);

// id, and as far as they are known name, image, container, pod and namespace. A pod's own cgroup
// takes pod and namespace from one of its containers.
std::vector<LabelSet> label_cgroups(const std::vector<KnownCgroup>& cgroups);

Collector containers_collector(const HostRoots& roots, Statfs statfs,
                               std::chrono::milliseconds timeout);

}  // namespace sluice::agent
