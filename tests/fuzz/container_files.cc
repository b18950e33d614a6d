// Files of cgroups and of container runtimes: any text gives numbers and names, or nothing.
#include "agent/host/containers/cgroup_stats.h"
#include "agent/host/containers/container_fs.h"
#include "agent/host/containers/container_identity.h"
#include "agent/host/containers/container_names.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice::agent;

void read_cgroup_file(std::size_t which, std::string_view text) {
  CgroupStats stats;
  if (which == 0) stats.io = parse_io_stat(text);
  if (which == 1) stats.io = parse_blkio(text, text);
  if (which == 2) stats.pressure.push_back(parse_cgroup_pressure("io", text));
  if (which == 3) stats.memory_usage = find_key(parse_flat_keyed(text), "anon");
  Families out;
  emit_cgroup(
      stats, {}, [](const std::string& number) { return number; }, out);
  for (const auto& f : out)
    sluice::fuzz::require(sluice::valid_metric_name(f.name), "names are valid");
}

void read_name(std::size_t which, std::string_view text) {
  constexpr std::string_view id = "abc";
  if (which == 4) static_cast<void>(parse_docker_config(text));
  if (which == 5) static_cast<void>(parse_oci_config(text));
  if (which == 6) static_cast<void>(parse_podman_list(text, id));
  if (which == 7) static_cast<void>(parse_log_link(text, id));
  if (which != 8) return;
  const auto identity = identify_cgroup(text);
  sluice::fuzz::require(identity.container.size() <= text.size(), "a part of the path");
  sluice::fuzz::require(!identity.pod || !identity.pod_uid.empty(), "a pod has an id");
}

// The same text as the mounts of the machine and of a container.
void read_mounts(std::size_t which, std::string_view text) {
  if (which != 9) return;
  const auto fs = find_root_fs(text, text, "/host", "/proc/1/root");
  if (!fs) return;
  sluice::fuzz::require(fs->path == "/proc/1/root" || fs->path.starts_with("/host"),
                        "nothing else is asked");
  sluice::fuzz::require(!fs->alone, "the machine's root is not a container's own");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sluice::fuzz::FuzzInput input(data, size);
  const auto which = input.below(10);
  const auto text = input.rest();
  read_cgroup_file(which, text);
  read_name(which, text);
  read_mounts(which, text);
  return 0;
}
