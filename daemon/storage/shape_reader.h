// ShapeReader: gives the lines of a row group numbers, so that lines with equal numbers have equal
// templates (rules/line_template.h); LogProjection::Shapes says of what. Decided by the columns of
// what varies in words, most of them dictionaries; no line is rebuilt.
//
// Used by one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/storage/columns/row_group_reader.h"
#include "query/log_projection.h"

namespace sluice::storage {

class ShapeReader {
 public:
  // Both must outlive it.
  ShapeReader(RowGroupReader& reader, const query::LogProjection::Shapes& wanted)
      : reader_(reader), wanted_(wanted), kinds_(reader.header().templates.size()) {}

  // Replaces `out` by the shape of each row; 0: not known, its line tells.
  Result<void> fill(std::span<const std::uint32_t> rows, std::vector<std::uint32_t>& out);
  std::size_t memory_bytes() const { return bytes_; }

 private:
  // The shapes of the rows of one template, in their order; one for all if there is only one.
  using Shapes = std::vector<std::uint32_t>;

  Result<void> load(std::size_t kind);
  Result<void> load_fields(std::size_t kind, const std::vector<std::uint32_t>& slots);
  Result<void> load_line(std::size_t kind);
  void number(Shapes& classes);

  RowGroupReader& reader_;
  const query::LogProjection::Shapes& wanted_;
  std::vector<std::optional<Shapes>> kinds_;
  std::uint32_t next_ = 1;
  std::size_t bytes_ = 0;
};

}  // namespace sluice::storage
