#include "query/cli/export_part.h"

#include <algorithm>

#include "base/codec/compress.h"

namespace sluice::query::cli {

namespace {

constexpr std::size_t piece_bytes = 4 << 20;

std::string compressed(const std::string& text, const std::string& how) {
  if (how == "gzip") return gzip_compress(text);
  if (how == "zstd") return zstd_compress(text, 3);
  return text;
}

}  // namespace

PartWriter::PartWriter(const ExportPlan& plan, DurableFile file)
    : compress_(plan.compress), file_(std::move(file)) {
  style_.format = plan.format == "raw" ? LogFormat::raw : LogFormat::jsonl;
}

Result<PartWriter> PartWriter::create(const ExportPlan& plan, const std::string& path) {
  SLUICE_TRY(auto file, DurableFile::create(path));
  return PartWriter(plan, std::move(file));
}

Result<void> PartWriter::add(std::vector<LogLine> lines) {
  for (auto& line : lines) {
    if (!tied_.empty() && tied_.front().timestamp != line.timestamp) flush_tied();
    tied_.push_back(std::move(line));
    if (text_.size() >= piece_bytes) SLUICE_CHECK(write_piece());
  }
  return {};
}

void PartWriter::flush_tied() {
  std::sort(tied_.begin(), tied_.end());
  for (const auto& line : tied_) text_ += format_line(line, style_);
  lines_ += tied_.size();
  tied_.clear();
}

Result<void> PartWriter::write_piece() {
  const std::string bytes = compressed(text_, compress_);
  text_.clear();
  return file_.write(bytes);
}

Result<ExportedPart> PartWriter::finish() {
  flush_tied();
  // An empty part is an empty file, which merging skips.
  if (!text_.empty()) SLUICE_CHECK(write_piece());
  SLUICE_CHECK(file_.commit());
  return ExportedPart{lines_, file_.bytes(), file_.hash()};
}

}  // namespace sluice::query::cli
