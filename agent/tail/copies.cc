#include "agent/tail/copies.h"

#include <algorithm>

namespace sluice::agent {
namespace {

constexpr std::uint32_t least_proof = 16;  // bytes of anchor; fewer could be equal by chance
constexpr auto copying_pause = std::chrono::minutes(1);

std::string_view base_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool is_separator(char c) { return c == '.' || c == '-' || c == '_'; }

}  // namespace

bool looks_rotated(std::string_view original_name, std::string_view name) {
  if (name.size() <= original_name.size()) return false;
  if (name.starts_with(original_name) && is_separator(name[original_name.size()])) return true;
  const auto dot = original_name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  return name.starts_with(original_name.substr(0, dot)) && is_separator(name[dot]) &&
         name.ends_with(original_name.substr(dot));
}

std::vector<std::string> possible_originals(std::string_view name) {
  std::vector<std::string> out;
  const auto dot = name.rfind('.');
  for (std::size_t i = 1; i < name.size(); ++i) {
    if (!is_separator(name[i])) continue;
    out.emplace_back(name.substr(0, i));
    if (dot != std::string_view::npos && dot > i)
      out.push_back(std::string(name.substr(0, i)) + std::string(name.substr(dot)));
  }
  return out;
}

CopyVerdict compare_with_copy(const SourceRecord& original, const File& candidate,
                              const FileStat& stat, Timestamp now) {
  const auto& print = original.print;
  if (original.acked == 0 || print.anchor.length < least_proof) return CopyVerdict::unrelated;
  const auto head = candidate.read_at(0, print.head.length);
  if (!head || !head_matches(print.head, *head)) return CopyVerdict::unrelated;
  if (stat.size < original.acked) {
    const bool being_written = from_unix_ns(stat.modified_ns) + copying_pause > now;
    return being_written ? CopyVerdict::growing : CopyVerdict::unrelated;
  }
  const auto same = content_matches(candidate, print, original.acked);
  return same && *same ? CopyVerdict::copy : CopyVerdict::unrelated;
}

std::optional<FoundCopy> find_copy(const SourceRecord& original, Timestamp now) {
  const auto directory = directory_of(original.path);
  for (const auto& entry : list_directory(directory)) {
    if (entry.directory || !looks_rotated(base_name(original.path), entry.name)) continue;
    auto path = directory == "/" ? "/" + entry.name : directory + "/" + entry.name;
    auto file = File::open(path);
    if (!file) continue;
    const auto stat = file->stat();
    if (!stat || same_file(stat->id, original.print.id)) continue;
    if (compare_with_copy(original, *file, *stat, now) == CopyVerdict::copy)
      return FoundCopy{std::move(path), std::move(*file), *stat};
  }
  return std::nullopt;
}

}  // namespace sluice::agent
