// The containers collector's decisions: which cgroups are shown, and under which labels. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/host/containers/cgroup_tree.h"
#include "agent/host/containers/container_identity.h"
#include "agent/host/containers/container_names.h"
#include "base/types/labels.h"

namespace sluice::agent {

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

}  // namespace sluice::agent
