// ExportManifest: what `sluice export` has finished, so that a killed run goes on where it was.
//
// DIR/manifest.jsonl: the first line says what is exported, each further one names a finished part
// with its number of lines, bytes and hash. A part is written under another name, synced, renamed,
// synced again and only then entered; a line that was cut off is dropped. Not safe for several
// threads: the exporter locks.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/types/time.h"

namespace sluice::query::cli {

struct ExportPlan {
  std::string query;
  TimeRange range;
  Duration split{0};
  std::string format;    // raw, jsonl
  std::string compress;  // none, gzip, zstd
  friend bool operator==(const ExportPlan&, const ExportPlan&) = default;

  std::size_t parts() const;
  TimeRange part_range(std::size_t part) const;
  std::string part_name(std::size_t part) const;  // "part-000012.jsonl.zst"
  std::string merged_name() const;                // "export.jsonl.zst"
};

struct ExportedPart {
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;  // of the file
  std::string hash;         // XXH3 of the file, 16 hex digits
};

class ExportManifest {
 public:
  // Reads DIR's manifest, or begins one with `plan`. With `relative_range` the range of an earlier
  // run of otherwise the same export is taken over. Parts whose file is missing or has another
  // size are to be exported again. Error: DIR holds another export, or cannot be written.
  static Result<ExportManifest> open(const std::string& directory, const ExportPlan& plan,
                                     bool relative_range);

  const ExportPlan& plan() const { return plan_; }
  const std::map<std::size_t, ExportedPart>& finished() const { return finished_; }
  std::vector<std::size_t> missing() const;
  std::string path_of(std::size_t part) const;
  // The file is in place under its name; makes it count.
  Result<void> enter(std::size_t part, const ExportedPart& exported);

 private:
  ExportManifest(std::string directory, ExportPlan plan)
      : directory_(std::move(directory)), plan_(std::move(plan)) {}
  std::string manifest_path() const { return directory_ + "/manifest.jsonl"; }
  Result<void> read(const std::string& text, bool relative_range);
  void read_part(const std::string& line);

  std::string directory_;
  ExportPlan plan_;
  std::map<std::size_t, ExportedPart> finished_;
};

}  // namespace sluice::query::cli
