// What the path of a cgroup tells about the container in it. Pure.
//
//   /system.slice/docker-<64 hex>.scope, /docker/<64 hex>
//   /kubepods.slice/kubepods-pod<uid>.slice/cri-containerd-<64 hex>.scope, crio-<64 hex>.scope
//   /kubepods/burstable/pod<uid>/<64 hex>, <slice>:cri-containerd:<64 hex>
//   /machine.slice/libpod-<64 hex>.scope, /libpod_parent/libpod-<64 hex>
//   /lxc/<name>, /lxc.payload.<name>
#pragma once

#include <string>
#include <string_view>

namespace sluice::agent {

struct ContainerIdentity {
  std::string container;  // the runtime's id, or LXC's name; empty: this is no container
  std::string pod_uid;    // of Kubernetes, with dashes; also of what is around the pod's containers
  bool pod = false;       // this is the pod itself

  bool is_container() const { return !container.empty(); }
  friend bool operator==(const ContainerIdentity&, const ContainerIdentity&) = default;
};

// A container runtime's own helpers (conmon) are no containers, nor is what a container keeps in
// cgroups below its own.
ContainerIdentity identify_cgroup(std::string_view id);

}  // namespace sluice::agent
