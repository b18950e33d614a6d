#include "agent/host/containers/container_identity.h"

#include <algorithm>

namespace sluice::agent {
namespace {

bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

bool is_container_id(std::string_view text) {
  constexpr std::size_t digits = 64;
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

// "docker-<id>.scope", "<slice>:cri-containerd:<id>", "<id>"; of LXC "lxc.payload.<name>".
std::string_view container_of(std::string_view last, std::string_view parent) {
  constexpr std::string_view payload = "lxc.payload.";
  if (last.starts_with(payload)) return last.substr(payload.size());
  if (parent == "lxc") return last;
  take_suffix(last, ".scope");
  const auto mark = last.find_last_of("-:");
  if (mark == std::string_view::npos) return is_container_id(last) ? last : std::string_view();
  const bool helper = last.substr(0, mark).ends_with("conmon");
  const auto id = last.substr(mark + 1);
  return is_container_id(id) && !helper ? id : std::string_view();
}

// "kubepods-burstable-pod<uid>.slice", where the uid's dashes are underscores, or "pod<uid>".
std::string pod_of(std::string_view part) {
  constexpr std::size_t uid_size = 36;
  part = part.substr(0, part.find(':'));
  take_suffix(part, ".slice");
  const auto at = part.rfind("pod");
  if (at == std::string_view::npos || (at > 0 && part[at - 1] != '-')) return {};
  std::string uid(part.substr(at + 3));
  std::replace(uid.begin(), uid.end(), '_', '-');
  const bool from_a_file = uid.size() == 32 && uid.find('-') == uid.npos;  // of a static pod
  return uid.size() == uid_size || from_a_file ? uid : std::string();
}

}  // namespace

ContainerIdentity identify_cgroup(std::string_view id) {
  ContainerIdentity out;
  std::string_view last;
  std::string_view parent;
  while (!id.empty()) {
    id.remove_prefix(id.starts_with('/') ? 1 : 0);
    const auto part = id.substr(0, id.find('/'));
    id.remove_prefix(part.size());
    parent = last;
    last = part;
    auto pod = pod_of(part);
    out.pod = !pod.empty() && part.find(':') == part.npos;
    if (!pod.empty()) out.pod_uid = std::move(pod);
  }
  out.container = container_of(last, parent);
  return out;
}

}  // namespace sluice::agent
