#include "agent/tail/groups.h"

#include <unistd.h>

#include <array>

namespace sluice::agent {
namespace {

constexpr std::string_view var_log = "/var/log/";

// Compressed rotations hold bytes that were read before they were compressed.
constexpr std::array<std::string_view, 6> compressed = {".gz",  ".bz2", ".xz",
                                                        ".zst", ".lz4", ".zip"};

std::vector<Glob> compile(const std::vector<std::string>& patterns) {
  std::vector<Glob> out;
  out.reserve(patterns.size());
  for (const auto& p : patterns) out.emplace_back(p);
  return out;
}

bool any_matches(const std::vector<Glob>& globs, std::string_view path) {
  for (const auto& glob : globs)
    if (glob.matches(path)) return true;
  return false;
}

}  // namespace

GroupSet::GroupSet(const std::vector<FileGroup>& groups, LabelSet labels, std::string host)
    : labels_(std::move(labels)), host_(std::move(host)) {
  for (const auto& g : groups) groups_.push_back({g, compile(g.paths), compile(g.exclude)});
}

bool GroupSet::excluded(const CompiledGroup& group, std::string_view path) {
  for (const auto suffix : compressed)
    if (path.ends_with(suffix)) return true;
  return any_matches(group.exclude, path);
}

const CompiledGroup* GroupSet::match(std::string_view path) const {
  for (const auto& group : groups_)
    if (any_matches(group.paths, path) && !excluded(group, path)) return &group;
  return nullptr;
}

LabelSet GroupSet::labels(const CompiledGroup* group, const std::string& filename) const {
  LabelSet out{
      {"host", host_}, {"filename", filename}, {"service_name", service_name_of(filename)}};
  if (group != nullptr) out.set("job", group->options.name);
  for (const auto& l : labels_) out.set(l.name, l.value);
  if (group != nullptr)
    for (const auto& l : group->options.labels) out.set(l.name, l.value);
  return out;
}

std::string service_name_of(std::string_view path) {
  if (path.starts_with(var_log)) {
    const auto below = path.substr(var_log.size());
    const auto slash = below.find('/');
    if (slash != std::string_view::npos && slash > 0) return std::string(below.substr(0, slash));
  }
  const auto slash = path.rfind('/');
  auto name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  const auto dot = name.find('.', 1);
  return std::string(name.substr(0, dot));
}

std::string host_name() {
  std::array<char, 256> buffer{};
  if (::gethostname(buffer.data(), buffer.size() - 1) != 0 || buffer[0] == '\0') return "localhost";
  return buffer.data();
}

}  // namespace sluice::agent
