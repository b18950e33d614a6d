#include "agent/host/containers/container_fs.h"

#include <algorithm>
#include <map>

#include "agent/host/mounts.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

// The mount that a path lies on: of the longest mount points the last one, which covers the others.
std::optional<MountLine> mount_of(std::string_view mounts, std::string_view path) {
  std::optional<MountLine> best;
  for (const auto line : split_lines_of(mounts)) {
    auto mount = parse_mount_line(line);
    if (!mount) continue;
    const std::string& point = mount->mountpoint;
    const bool on = point == "/" || path == point ||
                    (path.starts_with(point) && path.substr(point.size()).starts_with('/'));
    if (on && (!best || point.size() >= best->mountpoint.size())) best = std::move(mount);
  }
  return best;
}

// "/a/b" of "rw,upperdir=/a/b,workdir=/c".
std::string_view option_of(std::string_view options, std::string_view key) {
  while (!options.empty()) {
    const auto comma = std::min(options.find(','), options.size());
    const auto option = options.substr(0, comma);
    if (option.starts_with(key)) return option.substr(key.size());
    options.remove_prefix(std::min(comma + 1, options.size()));
  }
  return {};
}

bool in_memory(std::string_view fstype) {
  return fstype == "tmpfs" || fstype == "ramfs" || fstype == "rootfs";
}

// The file system of the machine that holds a path.
std::optional<RootFs> shared_fs(std::string_view machine_mounts, std::string_view path,
                                const std::string& root) {
  const auto mount = mount_of(machine_mounts, path);
  if (!mount || in_memory(mount->fstype) || mount->fstype == "overlay") return std::nullopt;
  return RootFs{mount->device, root + mount->mountpoint, false};
}

void emit_one(const ContainerFs& fs, const FsUsage& usage, Families& out) {
  out.gauge("container_fs_inodes_free", "Free inodes of the file system.", usage.files_free,
            fs.labels);
  out.gauge("container_fs_inodes_total", "Inodes of the file system.", usage.files, fs.labels);
  out.gauge("container_fs_limit_bytes", "Size of the file system.", usage.size, fs.labels);
  if (fs.alone)
    out.gauge("container_fs_usage_bytes", "Bytes used of the file system.", usage.size - usage.free,
              fs.labels);
}

}  // namespace

std::optional<RootFs> find_root_fs(std::string_view machine_mounts,
                                   std::string_view container_mounts, const std::string& root,
                                   const std::string& container_root) {
  const auto own = mount_of(container_mounts, "/");
  if (!own || in_memory(own->fstype)) return std::nullopt;
  if (own->fstype == "overlay") {
    const auto upper = unescape_mount(option_of(own->fs_options, "upperdir="));
    return upper.empty() ? std::nullopt : shared_fs(machine_mounts, upper, root);
  }
  const auto machine = mount_of(machine_mounts, "/");
  const bool whole = own->root == "/" || own->root == "/rootfs";
  const bool alone = whole && machine && machine->number != own->number;
  return RootFs{own->device, container_root, alone};
}

std::vector<RootFs> machine_fs(std::string_view machine_mounts, const std::string& root) {
  std::vector<RootFs> found;
  const auto mounts = parse_mountinfo(machine_mounts);
  if (!mounts) return found;
  for (const Mount& mount : *mounts) {
    const bool known = std::any_of(found.begin(), found.end(),
                                   [&](const RootFs& fs) { return fs.device == mount.device; });
    if (mount.device.starts_with("/dev/") && !known)
      found.push_back({mount.device, root + mount.mountpoint, true});
  }
  return found;
}

void emit_fs(const std::vector<ContainerFs>& all, StatfsProber& prober, Families& out) {
  std::map<std::string, std::size_t> places;
  std::vector<std::string> paths;
  for (const ContainerFs& fs : all)
    if (places.try_emplace(fs.path, paths.size()).second) paths.push_back(fs.path);
  const auto usages = prober.probe(paths);
  for (const ContainerFs& fs : all)
    if (const auto& usage = usages[places[fs.path]]) emit_one(fs, *usage, out);
}

}  // namespace sluice::agent
