#include "agent/host/mounts.h"

#include <algorithm>
#include <array>

#include "agent/host/text.h"

namespace sluice::agent {
namespace {

constexpr std::array<std::string_view, 25> pseudo_types = {
    "autofs",   "binfmt_misc", "bpf",     "cgroup",    "cgroup2",    "configfs",   "debugfs",
    "devpts",   "devtmpfs",    "fusectl", "hugetlbfs", "iso9660",    "mqueue",     "nsfs",
    "overlay",  "proc",        "procfs",  "pstore",    "rpc_pipefs", "securityfs", "selinuxfs",
    "squashfs", "erofs",       "sysfs",   "tracefs"};

// True for `prefix` itself and what is below it; a prefix ending in '/' needs something below.
bool under(std::string_view path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return false;
  if (prefix.ends_with('/')) return path.size() > prefix.size();
  return path.size() == prefix.size() || path[prefix.size()] == '/';
}

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

}  // namespace

std::string unescape_mount(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '\\' && i + 3 < text.size() && is_octal(text[i + 1]) &&
                        is_octal(text[i + 2]) && is_octal(text[i + 3]);
    if (!escape) {
      out.push_back(text[i]);
      continue;
    }
    const int code = (text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0');
    out.push_back(static_cast<char>(code));
    i += 3;
  }
  return out;
}

namespace {

bool has_option(std::string_view options, std::string_view wanted) {
  while (!options.empty()) {
    const auto comma = std::min(options.find(','), options.size());
    if (options.substr(0, comma) == wanted) return true;
    options.remove_prefix(std::min(comma + 1, options.size()));
  }
  return false;
}

}  // namespace

bool remote_type(std::string_view fstype) {
  for (const std::string_view type : {"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "9p", "afs",
                                      "ceph", "glusterfs", "lustre", "gfs2", "ocfs2", "davfs"})
    if (fstype == type) return true;
  return fstype == "fuse" || fstype.starts_with("fuse.");
}

// ^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)
bool reported_mount(std::string_view mountpoint, std::string_view fstype) {
  if (std::find(pseudo_types.begin(), pseudo_types.end(), fstype) != pseudo_types.end())
    return false;
  for (const std::string_view prefix : {"/dev", "/proc", "/run/credentials/", "/sys",
                                        "/var/lib/docker/", "/var/lib/containers/storage/"})
    if (under(mountpoint, prefix)) return false;
  return true;
}

// 36 35 98:0 /root /mount/point rw,noatime master:1 - ext3 /dev/root rw,errors=continue
std::optional<MountLine> parse_mount_line(std::string_view line) {
  const auto fields = split_fields(line);
  const auto dash = std::find(fields.begin(), fields.end(), "-");
  if (fields.end() - dash < 4 || dash - fields.begin() < 6) return std::nullopt;
  return MountLine{fields[2],  fields[3],   unescape_mount(fields[4]),
                   fields[5],  *(dash + 1), unescape_mount(*(dash + 2)),
                   *(dash + 3)};
}

Result<std::vector<Mount>> parse_mountinfo(std::string_view text) {
  std::vector<Mount> out;
  for (const auto line : split_lines_of(text)) {
    if (line.find_first_not_of(" \t") == line.npos) continue;
    auto parsed = parse_mount_line(line);
    if (!parsed) return malformed("mountinfo", "odd line `" + std::string(line) + "`");
    Mount m{std::move(parsed->device), std::move(parsed->mountpoint), std::string(parsed->fstype),
            has_option(parsed->options, "ro") || has_option(parsed->fs_options, "ro")};
    if (!reported_mount(m.mountpoint, m.fstype)) continue;
    const auto same = [&m](const Mount& other) {
      return other.device == m.device && other.mountpoint == m.mountpoint &&
             other.fstype == m.fstype;
    };
    if (std::none_of(out.begin(), out.end(), same)) out.push_back(std::move(m));
  }
  return out;
}

}  // namespace sluice::agent
