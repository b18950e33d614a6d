#include "agent/host/containers/container_names.h"

#include <simdjson.h>

#include <vector>

#include "agent/host/text.h"

namespace sluice::agent {
namespace {

using Json = simdjson::dom::element;

std::string json_text(const simdjson::simdjson_result<Json>& value) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

// With labels of Docker or annotations of OCI, whose keys have dots.
std::string member(Json object, std::string_view key) {
  simdjson::dom::object members;
  if (object.get(members) != simdjson::SUCCESS) return {};
  return json_text(members.at_key(key));
}

std::string first_member(Json object, std::initializer_list<std::string_view> keys) {
  for (const auto key : keys)
    if (auto text = member(object, key); !text.empty()) return text;
  return {};
}

std::string without_slash(std::string name) {
  return name.starts_with('/') ? name.substr(1) : name;
}

void set_pod(Json labels, ContainerName& out) {
  out.pod = member(labels, "io.kubernetes.pod.name");
  out.pod_namespace = member(labels, "io.kubernetes.pod.namespace");
  out.container = member(labels, "io.kubernetes.container.name");
}

}  // namespace

std::optional<ContainerName> parse_docker_config(std::string_view json) {
  simdjson::dom::parser parser;
  Json document;
  if (parser.parse(simdjson::padded_string(json)).get(document) != simdjson::SUCCESS)
    return std::nullopt;
  ContainerName out;
  out.name = without_slash(member(document, "Name"));
  out.image = json_text(document["Config"]["Image"]);
  Json labels;
  if (document["Config"]["Labels"].get(labels) == simdjson::SUCCESS) {
    set_pod(labels, out);
    out.sandbox = member(labels, "io.kubernetes.docker.type") == "podsandbox";
  }
  if (out.name.empty()) return std::nullopt;
  return out;
}

std::optional<ContainerName> parse_oci_config(std::string_view json) {
  simdjson::dom::parser parser;
  Json document;
  Json notes;
  if (parser.parse(simdjson::padded_string(json)).get(document) != simdjson::SUCCESS ||
      document["annotations"].get(notes) != simdjson::SUCCESS)
    return std::nullopt;
  ContainerName out;
  set_pod(notes, out);  // as CRI-O writes it; containerd's CRI has names of its own
  if (out.pod.empty()) out.pod = member(notes, "io.kubernetes.cri.sandbox-name");
  if (out.pod_namespace.empty())
    out.pod_namespace = member(notes, "io.kubernetes.cri.sandbox-namespace");
  if (out.container.empty()) out.container = member(notes, "io.kubernetes.cri.container-name");
  out.name = first_member(notes, {"nerdctl/name", "io.kubernetes.cri-o.Name"});
  out.image = first_member(notes, {"io.kubernetes.cri.image-name", "io.kubernetes.cri-o.ImageName",
                                   "nerdctl/image-ref"});
  out.sandbox = first_member(notes, {"io.kubernetes.cri.container-type",
                                     "io.kubernetes.cri-o.ContainerType"}) == "sandbox";
  if (out == ContainerName{}) return std::nullopt;
  return out;
}

std::optional<ContainerName> parse_podman_list(std::string_view json, std::string_view id) {
  simdjson::dom::parser parser;
  simdjson::dom::array containers;
  if (parser.parse(simdjson::padded_string(json)).get(containers) != simdjson::SUCCESS)
    return std::nullopt;
  for (const Json container : containers) {
    if (member(container, "id") != id) continue;
    ContainerName out;
    out.name = json_text(container["names"].at(0));
    simdjson::dom::parser inner;  // the metadata is JSON in a string
    Json metadata;
    const auto text = member(container, "metadata");
    if (inner.parse(simdjson::padded_string(text)).get(metadata) == simdjson::SUCCESS)
      out.image = member(metadata, "image-name");
    return out;
  }
  return std::nullopt;
}

std::optional<ContainerName> parse_log_link(std::string_view file, std::string_view id) {
  const auto end = "-" + std::string(id) + ".log";
  if (!file.ends_with(end)) return std::nullopt;
  file.remove_suffix(end.size());
  const auto first = file.find('_');  // no name of Kubernetes has one
  const auto second = file.find('_', first + 1);
  if (first == file.npos || second == file.npos) return std::nullopt;
  ContainerName out;
  out.pod = file.substr(0, first);
  out.pod_namespace = file.substr(first + 1, second - first - 1);
  out.container = file.substr(second + 1);
  return out;
}

std::optional<ContainerName> ContainerNames::find(const std::string& id) {
  if (const auto it = known_.find(id); it != known_.end()) return it->second;
  auto found = look_up(id);
  if (found) known_.emplace(id, *found);
  return found;
}

void ContainerNames::keep(const std::set<std::string>& ids) {
  std::erase_if(known_, [&ids](const auto& entry) { return !ids.contains(entry.first); });
}

std::optional<ContainerName> ContainerNames::look_up(const std::string& id) const {
  const auto docker = root_ + "/var/lib/docker/containers/" + id + "/config.v2.json";
  if (const auto text = read_text(docker)) return parse_docker_config(*text);
  for (const std::string_view space : {"k8s.io", "default", "moby"}) {
    const auto task = root_ + "/run/containerd/io.containerd.runtime.v2.task/" +
                      std::string(space) + "/" + id + "/config.json";
    if (const auto text = read_text(task))
      if (auto found = parse_oci_config(*text)) return found;
  }
  const auto storage = root_ + "/var/lib/containers/storage/overlay-containers/";
  if (const auto text = read_text(storage + id + "/userdata/config.json"))
    if (auto found = parse_oci_config(*text); found && !found->pod.empty()) return found;
  if (const auto text = read_text(storage + "containers.json"))
    if (auto found = parse_podman_list(*text, id)) return found;
  for (const auto& file : list_names(root_ + "/var/log/containers"))
    if (auto found = parse_log_link(file, id)) return found;
  return std::nullopt;
}

}  // namespace sluice::agent
