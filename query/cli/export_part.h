// PartWriter: one file of an export, from the pages of its lines. Pieces of 4 MiB are compressed on
// their own and put one behind the other, which gzip and zstd files may be, so that memory is
// bounded however much a part holds.
//
// The file depends on the lines alone: they come in the order of time, and those of one timestamp
// are put in the order of their labels and texts.
#pragma once

#include <string>
#include <vector>

#include "query/cli/durable_file.h"
#include "query/cli/export_manifest.h"
#include "query/cli/log_line.h"

namespace sluice::query::cli {

class PartWriter {
 public:
  static Result<PartWriter> create(const ExportPlan& plan, const std::string& path);

  // In the order of time; those of one timestamp may be spread over several calls.
  Result<void> add(std::vector<LogLine> lines);
  // Closes the file, from here on it is there.
  Result<ExportedPart> finish();

 private:
  PartWriter(const ExportPlan& plan, DurableFile file);
  void flush_tied();
  Result<void> write_piece();

  std::string compress_;
  LogStyle style_;
  DurableFile file_;
  std::vector<LogLine> tied_;  // of one timestamp
  std::string text_;
  std::uint64_t lines_ = 0;
};

}  // namespace sluice::query::cli
