// RowGroupHeader: what is known of a row group without reading its chunks: which templates have
// rows, what each column is and where it lies, a filter of its values, counts. Decoded once,
// immutable, shared by readers. Format: docs/format/log-part.md, "Row group header".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"
#include "daemon/storage/columns/byte_set.h"
#include "daemon/storage/columns/gram_filter.h"
#include "daemon/storage/columns/minute_counts.h"
#include "daemon/storage/columns/slot_column.h"

namespace sluice::storage {

// A group closes at whichever comes first. Rows bound what a number column holds, bytes bound the
// memory of a writer. Changing them needs no new format, but readers refuse more rows than that.
inline constexpr std::size_t row_group_rows_max = 64 << 10;
inline constexpr std::size_t row_group_bytes_max = 12 << 20;
// Columns are packed into chunks up to this size before compression; a larger one has its own.
inline constexpr std::size_t chunk_bytes = 256 << 10;
// Of columns of fixed values: those of all templates of a group fit in.
inline constexpr std::size_t fixed_chunk_bytes = 1 << 20;
// Columns up to this size lie in the header.
inline constexpr std::size_t small_column_bytes = 48;

// Where the bytes of an encoded column are.
struct ColumnPlace {
  static constexpr std::uint32_t in_header = ~std::uint32_t{0};
  std::uint32_t chunk = in_header;
  std::uint32_t offset = 0;  // into the raw chunk, or into RowGroupHeader::small
  std::uint32_t size = 0;
};

struct GroupColumn {
  static constexpr std::uint32_t no_bytes = ~std::uint32_t{0};
  ColumnInfo info;
  ColumnPlace place;
  // Into RowGroupHeader::byte_sets; of slots that are dictionaries or text, if the group has any.
  std::uint32_t bytes = no_bytes;
};

// The rows of one template, and its slots' columns: columns[first_column + slot].
struct GroupTemplate {
  std::uint32_t number = 0;  // in the part's list
  std::uint32_t rows = 0;
  std::uint32_t slots = 0;
  std::uint32_t first_column = 0;
};

// The rows whose metadata have the same names; the values of name i are columns[first_column + i].
struct MetadataShape {
  std::vector<std::string> names;  // ascending
  std::uint32_t rows = 0;
  std::uint32_t first_column = 0;
};

struct RowGroupHeader {
  std::uint32_t rows = 0;
  std::uint64_t line_bytes = 0;
  // A value of a JSON template may hold an escape of half a surrogate pair (\ud or \uD), which JSON
  // allows and its readers refuse.
  bool surrogates = false;
  std::vector<std::uint32_t> chunks;  // raw size of each
  ColumnPlace row_templates;          // per row: index into `templates`
  ColumnPlace timestamps;             // per row, ns
  ColumnPlace sequences;              // per row
  ColumnPlace row_shapes;             // per row: 0, or index into `shapes` + 1; if there are shapes
  std::vector<GroupTemplate> templates;         // ascending by number
  std::vector<std::uint32_t> template_numbers;  // their numbers
  std::vector<MetadataShape> shapes;
  std::vector<GroupColumn> columns;
  std::vector<ByteSet> byte_sets;  // each once; parts of version 2 have none
  GramFilter grams;                // of the values of slots, not of metadata
  MinuteCounts minutes;
  std::string small;

  // Index into `templates`, or its size.
  std::size_t find(std::uint32_t template_number) const;
  // What the values of a column are made of; null: not known.
  const ByteSet* bytes_of(std::size_t column) const {
    const std::uint32_t set = columns[column].bytes;
    return set == GroupColumn::no_bytes ? nullptr : &byte_sets[set];
  }
  std::size_t memory_bytes() const;
};

// Of a header whose places are in the order of docs/format/log-part.md, as RowGroupWriter makes it.
std::string encode_header(const RowGroupHeader& header, int zstd_level);
// Error(corrupt). Everything a reader relies on has been checked: rows and slots add up, places lie
// within their chunks. Numbers of templates have to be held against the part's list by the reader.
Result<RowGroupHeader> decode_header(std::string_view payload);

}  // namespace sluice::storage
