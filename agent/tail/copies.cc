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

bool is_separator(char c) {
  return c == '.' || c == '-' || c == '_';
}

// First and last kibibyte of [0, n) are equal: the middle of a log does not differ alone.
bool equal_up_to(const File& a, const File& b, std::uint64_t n) {
  const auto span = std::min<std::uint64_t>(n, anchor_limit);
  for (const auto offset : {std::uint64_t{0}, n - span}) {
    const auto x = a.read_at(offset, span);
    const auto y = b.read_at(offset, span);
    if (!x || !y || *x != *y) return false;
  }
  return true;
}

// Head and anchor as last acknowledged; shorter ones could be equal by chance.
bool has_content_of(const SourceRecord& original, const File& file) {
  if (original.print.anchor.length < least_proof) return false;
  const auto same = content_matches(file, original.print, original.acked);
  return same && *same;
}

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

CopyVerdict compare_with_copy(const SourceRecord& original, const File& original_file,
                              const File& candidate, Timestamp now) {
  const auto a = original_file.stat();
  const auto b = candidate.stat();
  if (!a || !b || same_file(a->id, b->id)) return CopyVerdict::unrelated;
  if (b->size < least_proof) {
    const bool fresh = from_unix_ns(b->modified_ns) + copying_pause > now;
    return fresh ? CopyVerdict::too_early : CopyVerdict::unrelated;
  }
  if (b->size <= a->size)
    return equal_up_to(original_file, candidate, b->size) ? CopyVerdict::copy
                                                          : CopyVerdict::unrelated;
  const auto intact = content_matches(original_file, original.print, original.acked);
  if (!intact || *intact) return CopyVerdict::unrelated;
  return has_content_of(original, candidate) ? CopyVerdict::copy : CopyVerdict::unrelated;
}

std::optional<FoundCopy> find_copy(const SourceRecord& original) {
  const auto directory = directory_of(original.path);
  for (const auto& entry : list_directory(directory)) {
    if (entry.directory || !looks_rotated(base_name(original.path), entry.name)) continue;
    auto path = directory == "/" ? "/" + entry.name : directory + "/" + entry.name;
    auto file = File::open(path);
    if (!file) continue;
    const auto stat = file->stat();
    const bool other = stat && !same_file(stat->id, original.print.id);
    if (other && has_content_of(original, *file)) return FoundCopy{path, std::move(*file), *stat};
  }
  return std::nullopt;
}

}  // namespace sluice::agent
