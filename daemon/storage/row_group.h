// RowGroup: up to 65,536 entries of a part, decoded; and its encoding. Format:
// docs/format/log-part.md.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/types/labels.h"
#include "base/types/result.h"
#include "base/types/time.h"

namespace sluice::storage {

// A group closes at whichever comes first. Rows bound what a query decodes for one hit; bytes bound
// its memory. Changing them needs no new format.
inline constexpr std::size_t row_group_rows_max = 64 << 10;
inline constexpr std::size_t row_group_bytes_max = 4 << 20;

// Columns of decoded rows. Views point into what made them (a RowGroup, or the head).
struct RowColumns {
  std::vector<Timestamp> timestamps;
  std::vector<std::uint64_t> sequences;
  std::vector<std::string_view> lines;
  std::vector<const LabelSet*> metadata;  // null: none; empty: none at all

  std::size_t size() const { return timestamps.size(); }
};

// Collects rows (copying them) and encodes them.
class RowGroupBuilder {
 public:
  void add(Timestamp timestamp, std::uint64_t sequence, std::string_view line,
           const LabelSet* metadata);
  std::size_t rows() const { return rows_; }
  std::size_t line_bytes() const { return lines_.size(); }
  bool full() const;
  // The payload; the builder is empty afterwards. `level` is zstd's.
  std::string finish(int level);

 private:
  std::size_t rows_ = 0;
  std::int64_t last_ns_ = 0;
  std::int64_t last_sequence_ = 0;
  std::string timestamps_;
  std::string sequences_;
  std::string lengths_;
  std::string lines_;
  std::string distinct_metadata_;
  std::string metadata_references_;
  std::unordered_map<std::string, std::size_t> metadata_ordinals_;
  std::string scratch_;
};

// A decoded group; owns all that its columns point to. Immovable for that reason.
class RowGroup {
 public:
  // Error(corrupt).
  static Result<std::unique_ptr<RowGroup>> decode(std::string_view payload);
  RowGroup(const RowGroup&) = delete;
  RowGroup& operator=(const RowGroup&) = delete;

  const RowColumns& rows() const { return rows_; }
  std::size_t memory_bytes() const;

 private:
  RowGroup() = default;
  bool read_columns(std::size_t rows, const std::string& columns);
  bool cut_lines(const std::vector<std::size_t>& lengths);

  std::string lines_;
  std::vector<LabelSet> metadata_;
  RowColumns rows_;
};

}  // namespace sluice::storage
