// node_filesystem_*: the mount table and statvfs of each mount.
#include "agent/host/filesystem.h"

#include "agent/host/collector.h"
#include "agent/host/mounts.h"
#include "agent/host/statfs_prober.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

constexpr std::chrono::milliseconds mount_timeout{2'000};

Result<std::string> read_mountinfo(const HostRoots& roots) {
  auto init = read_text(roots.proc + "/1/mountinfo");  // the host's view, also from a container
  return init ? std::move(init) : read_text(roots.proc + "/self/mountinfo");
}

void emit(const Mount& m, const Result<FsUsage>& usage, Families& out) {
  LabelSet labels{{"device", m.device}, {"mountpoint", m.mountpoint}, {"fstype", m.fstype}};
  if (!usage) {
    labels.set("device_error", usage.error().message);
    return out.gauge("node_filesystem_device_error", "1 if the mount could not be asked.", 1,
                     labels);
  }
  const bool readonly = m.readonly || usage->readonly;
  out.gauge("node_filesystem_avail_bytes", "Bytes available to non-root users.", usage->available,
            labels);
  out.gauge("node_filesystem_device_error", "1 if the mount could not be asked.", 0, labels);
  out.gauge("node_filesystem_files", "Inodes.", usage->files, labels);
  out.gauge("node_filesystem_files_free", "Free inodes.", usage->files_free, labels);
  out.gauge("node_filesystem_free_bytes", "Free bytes.", usage->free, labels);
  out.gauge("node_filesystem_readonly", "1 if mounted read-only.", readonly ? 1 : 0, labels);
  out.gauge("node_filesystem_size_bytes", "Size in bytes.", usage->size, labels);
}

// Those of this machine first: no number of dead servers keeps them from being asked.
std::vector<Result<FsUsage>> probe_mounts(StatfsProber& prober, const std::string& root,
                                          const std::vector<Mount>& mounts) {
  std::vector<std::size_t> order;
  for (const bool remote : {false, true})
    for (std::size_t i = 0; i < mounts.size(); ++i)
      if (remote_type(mounts[i].fstype) == remote) order.push_back(i);
  std::vector<std::string> paths;
  for (const auto i : order) paths.push_back(root + mounts[i].mountpoint);
  const auto usages = prober.probe(paths);
  std::vector<Result<FsUsage>> out(mounts.size(), Error{});
  for (std::size_t i = 0; i < order.size(); ++i) out[order[i]] = usages[i];
  return out;
}

}  // namespace

Collector filesystem_collector(const HostRoots& roots, Statfs statfs,
                               std::chrono::milliseconds timeout) {
  auto prober = std::make_shared<StatfsProber>(std::move(statfs), timeout);
  return {"filesystem", [roots, prober](Families& out) -> Result<void> {
            SLUICE_TRY(const auto text, read_mountinfo(roots));
            SLUICE_TRY(const auto mounts, parse_mountinfo(text));
            const auto usages = probe_mounts(*prober, roots.root, mounts);
            for (std::size_t i = 0; i < mounts.size(); ++i) emit(mounts[i], usages[i], out);
            return {};
          }};
}

Collector filesystem_collector(const HostRoots& roots) {
  return filesystem_collector(roots, real_statfs, mount_timeout);
}

}  // namespace sluice::agent
