// Finds the copy that logrotate's copytruncate (or a person's cp) made of a file.
//
// copytruncate copies app.log to app.log.1 and then empties app.log. Lines written before the copy
// and not read before the truncation are in the copy; and if the copy matches a glob it must not be
// read as a new file. A copy is a file in the same directory, named like a rotation of it, that
//   is not longer than the original and equals its first bytes, also while it is being made; or,
//   once the original is truncated, has its head and the bytes before its acknowledged offset.
// A longer file beside an intact original is never its copy: two logs may share a header.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/tail/source.h"

namespace sluice::agent {

// "app.log" -> "app.log.1", "app.log-20260102", "app-20260102.log".
bool looks_rotated(std::string_view original_name, std::string_view name);

// The names of which `name` may be a rotation: the inverse of the above, for look-ups.
std::vector<std::string> possible_originals(std::string_view name);

enum class CopyVerdict {
  unrelated,
  copy,
  too_early,  // just created and too short to tell
};
// Whether `candidate` is a copy of what the original holds, or held when it was last read.
CopyVerdict compare_with_copy(const SourceRecord& original, const File& original_file,
                              const File& candidate, Timestamp now);

struct FoundCopy {
  std::string path;
  File file;
  FileStat stat;
};
// The file that has the content of an original that was truncated.
std::optional<FoundCopy> find_copy(const SourceRecord& original);

}  // namespace sluice::agent
