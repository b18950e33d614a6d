// ContainerNames: names and images of containers, from the files that their runtimes keep, without
// asking a runtime. Found below root, readable for root only on most machines:
//
//   Docker             var/lib/docker/containers/ID/config.v2.json
//   containerd, CRI    run/containerd/io.containerd.runtime.v2.task/NAMESPACE/ID/config.json
//   CRI-O              var/lib/containers/storage/overlay-containers/ID/userdata/config.json
//   Podman             var/lib/containers/storage/overlay-containers/containers.json
//   Kubernetes         var/log/containers/POD_NAMESPACE_CONTAINER-ID.log
//
// What was found is kept until the container is gone. One thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace sluice::agent {

struct ContainerName {
  std::string name;  // as its runtime shows it; empty: unknown
  std::string image;
  std::string pod;  // of Kubernetes
  std::string pod_namespace;
  std::string container;  // its name in the pod; empty for the pod's sandbox
  bool sandbox = false;
  friend bool operator==(const ContainerName&, const ContainerName&) = default;
};

class ContainerNames {
 public:
  explicit ContainerNames(std::string root) : root_(std::move(root)) {}
  // nullopt: no file tells, or none may be read. Asked again at the next call.
  std::optional<ContainerName> find(const std::string& id);
  // Forgets all others.
  void keep(const std::set<std::string>& ids);

 private:
  std::optional<ContainerName> look_up(const std::string& id) const;

  std::string root_;
  std::map<std::string, ContainerName> known_;
};

// The parsers; nullopt where the text is not what it should be.
std::optional<ContainerName> parse_docker_config(std::string_view json);
// OCI's config.json with the annotations of containerd's CRI, nerdctl or CRI-O.
std::optional<ContainerName> parse_oci_config(std::string_view json);
// The entry of `id` in containers.json.
std::optional<ContainerName> parse_podman_list(std::string_view json, std::string_view id);
// The name of a link in var/log/containers.
std::optional<ContainerName> parse_log_link(std::string_view file, std::string_view id);

}  // namespace sluice::agent
