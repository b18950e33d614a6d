// GroupEncoder: the columns of one row group, in the order of docs/format/log-part.md, into a
// header and chunks. Shared by RowGroupWriter (lines) and RowGroupMerger (columns). Used by one
// thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/storage/columns/chunk_packer.h"
#include "daemon/storage/columns/column_join.h"
#include "daemon/storage/columns/gram_filter.h"
#include "daemon/storage/columns/line_splitter.h"
#include "daemon/storage/columns/metadata_columns.h"
#include "daemon/storage/columns/row_group_header.h"

namespace sluice::storage {

// A row group as stored.
struct EncodedGroup {
  std::string header;
  std::vector<std::string> chunks;  // payloads, numbered from 0
  std::size_t bytes() const;
};

class GroupEncoder {
 public:
  // Who compresses less than this is in a hurry with the rest, too.
  static constexpr int thorough_level = 3;

  // `timestamps` of the rows must outlive it.
  GroupEncoder(std::span<const Timestamp> timestamps, int zstd_level)
      : timestamps_(timestamps),
        packer_(zstd_level),
        level_(zstd_level),
        effort_(zstd_level < thorough_level ? Effort::quick : Effort::thorough) {
    header_.rows = static_cast<std::uint32_t>(timestamps.size());
  }

  // First, once: `template_of` is per row an index into the templates that follow.
  void begin(std::span<const std::int64_t> template_of, std::span<const std::int64_t> sequences,
             const std::vector<MetadataColumns::Shape>& shapes);
  // Then each template, ascending by number, and its slots.
  void begin_template(std::uint32_t number, std::uint32_t slots, LineKind kind,
                      std::span<const std::uint32_t> rows);
  // One value per row of the template.
  void add_slot(std::span<const std::string_view> values);
  void add_slot(std::span<const JoinSource> sources, std::span<const JoinOrigin> origins);
  void add_metadata(const std::vector<MetadataColumns::Shape>& shapes);
  EncodedGroup finish(std::size_t line_bytes, std::string_view minutes);

 private:
  ColumnPlace add_integers(std::span<const std::int64_t> values);
  void add_row_shapes(const std::vector<MetadataColumns::Shape>& shapes);
  void add_shape(const MetadataColumns::Shape& shape);
  void gather_times(std::span<const std::uint32_t> rows);
  void add_column(const ColumnInfo& info);
  // What the header says of texts: of each value, then of the column added last.
  void look_at(std::string_view value);
  void note_bytes();

  RowGroupHeader header_;
  std::span<const Timestamp> timestamps_;
  ChunkPacker packer_;
  int level_;
  Effort effort_;
  GramFilterBuilder grams_;
  ByteSetBuilder bytes_;
  std::unordered_map<std::string, std::uint32_t> byte_sets_;  // the header's, by their bits
  ColumnJoin join_;
  bool json_ = false;  // the template begun last
  std::string encoded_;
  std::vector<std::uint32_t> distinct_;
  std::vector<std::string_view> values_;
  std::vector<Timestamp> times_;
};

}  // namespace sluice::storage
