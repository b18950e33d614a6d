// Finds the copy that logrotate's copytruncate (or a person's cp) made of a file.
//
// copytruncate copies app.log to app.log.1 and then empties app.log. Lines written before the copy
// and not read before the truncation are in the copy; and if the copy matches a glob it must not be
// read as a new file. A copy is a file in the same directory, named like a rotation of it, whose
// head and whose bytes before the acknowledged offset are the original's.
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
  growing,  // equal so far and shorter than what was acknowledged: being copied right now
};
CopyVerdict compare_with_copy(const SourceRecord& original, const File& candidate,
                              const FileStat& stat, Timestamp now);

struct FoundCopy {
  std::string path;
  File file;
  FileStat stat;
};
std::optional<FoundCopy> find_copy(const SourceRecord& original, Timestamp now);

}  // namespace sluice::agent
