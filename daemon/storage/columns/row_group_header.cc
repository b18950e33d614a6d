#include "daemon/storage/columns/row_group_header.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "daemon/storage/codec/block_codec.h"
#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/columns/chunk_packer.h"

namespace sluice::storage {

namespace {

constexpr std::uint64_t flag_surrogates = 1;
constexpr std::uint64_t flag_by_class = 2;
constexpr std::uint64_t flag_byte_sets = 4;
constexpr std::uint64_t flag_times_apart = 8;

Error bad_header(std::string_view what) {
  return {ErrorCode::corrupt, "row group header: " + std::string(what)};
}

void put_columns(std::string& out, const RowGroupHeader& header, std::size_t first,
                 std::size_t count) {
  for (std::size_t i = first; i < first + count; ++i) {
    put_column_info(out, header.columns[i].info);
    put_varint(out, header.columns[i].place.size);
  }
}

void put_templates(std::string& out, const RowGroupHeader& header) {
  put_varint(out, header.templates.size());
  std::uint32_t previous = 0;
  for (const auto& group : header.templates) {
    put_varint(out, group.number - previous);
    previous = group.number;
    put_varint(out, group.rows);
    put_varint(out, group.slots);
    put_columns(out, header, group.first_column, group.slots);
  }
}

void put_shapes(std::string& out, const RowGroupHeader& header) {
  put_varint(out, header.shapes.size());
  for (const auto& shape : header.shapes) {
    put_varint(out, shape.names.size());
    for (const auto& name : shape.names) put_string(out, name);
    put_varint(out, shape.rows);
    put_columns(out, header, shape.first_column, shape.names.size());
  }
}

// Slots come before metadata, which have no sets.
std::size_t slot_columns(const RowGroupHeader& header) {
  return header.templates.empty()
             ? 0
             : header.templates.back().first_column + header.templates.back().slots;
}

bool has_bytes(const ColumnInfo& info) {
  return info.shape == ColumnShape::dictionary || info.shape == ColumnShape::text;
}

std::string byte_sets_of(const RowGroupHeader& header) {
  std::string out;
  put_varint(out, header.byte_sets.size());
  for (const ByteSet& set : header.byte_sets)
    for (const auto word : set.bits) put_fixed64(out, word);
  for (std::size_t i = 0; i < slot_columns(header); ++i)
    if (has_bytes(header.columns[i].info)) put_varint(out, header.columns[i].bytes);
  return out;
}

// Reads what encode_header() wrote, then gives every column its place.
class HeaderReader {
 public:
  HeaderReader(std::string_view raw, RowGroupHeader& header) : in_(raw), header_(header) {}

  Result<void> read() {
    SLUICE_CHECK(read_counts());
    SLUICE_CHECK(read_templates());
    SLUICE_CHECK(read_shapes());
    for (ColumnPlace* const place :
         {&header_.row_templates, &header_.timestamps, &header_.sequences, &header_.row_shapes})
      SLUICE_CHECK(read_size(*place));
    const std::string_view minutes = in_.string();
    const std::string_view grams = in_.string();
    header_.small = in_.string();
    if (byte_sets_) SLUICE_CHECK(read_byte_sets(in_.string()));
    if (!in_.finished()) return bad_header("does not end where it should");
    SLUICE_TRY(header_.minutes, MinuteCounts::decode(minutes, header_.rows));
    SLUICE_TRY(header_.grams, GramFilter::decode(grams));
    return place_columns();
  }

 private:
  Result<void> read_counts() {
    const std::uint64_t rows = in_.varint();
    if (rows == 0 || rows > row_group_rows_max) return bad_header("bad number of rows");
    header_.rows = static_cast<std::uint32_t>(rows);
    header_.line_bytes = in_.varint();
    const std::uint64_t flags = in_.varint();
    if ((flags & ~(flag_surrogates | flag_by_class | flag_byte_sets | flag_times_apart)) != 0)
      return bad_header("unknown flags");
    header_.surrogates = (flags & flag_surrogates) != 0;
    by_class_ = (flags & flag_by_class) != 0;
    byte_sets_ = (flags & flag_byte_sets) != 0;
    class_of_times_ = (flags & flag_times_apart) != 0 ? ColumnClass::time : ColumnClass::number;
    header_.chunks.resize(in_.count(1));
    for (auto& size : header_.chunks) {
      const std::uint64_t raw = in_.varint();
      if (raw == 0 || raw > max_block_bytes) return bad_header("bad size of a chunk");
      size = static_cast<std::uint32_t>(raw);
    }
    return {};
  }

  Result<void> read_templates() {
    std::uint64_t number = 0;
    std::uint64_t rows = 0;
    const std::size_t count = in_.count(3);
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t step = in_.varint();
      number += step;
      GroupTemplate group;
      if ((i > 0 && step == 0) || step > UINT32_MAX || number >= UINT32_MAX)
        return bad_header("templates do not ascend");
      group.number = static_cast<std::uint32_t>(number);
      SLUICE_TRY(group.rows, read_rows(header_.rows - rows));
      rows += group.rows;
      const std::size_t slots = in_.count(2);
      group.slots = static_cast<std::uint32_t>(slots);
      SLUICE_TRY(group.first_column, read_columns(slots));
      header_.templates.push_back(group);
      header_.template_numbers.push_back(group.number);
    }
    if (rows != header_.rows) return bad_header("rows of templates do not add up");
    return {};
  }

  Result<void> read_shapes() {
    std::uint64_t rows = 0;
    const std::size_t count = in_.count(3);
    for (std::size_t i = 0; i < count; ++i) {
      MetadataShape shape;
      shape.names.resize(in_.count(2));
      for (auto& name : shape.names) name = in_.string();
      if (shape.names.empty()) return bad_header("metadata without a name");
      SLUICE_TRY(shape.rows, read_rows(header_.rows - rows));
      rows += shape.rows;
      SLUICE_TRY(shape.first_column, read_columns(shape.names.size()));
      header_.shapes.push_back(std::move(shape));
    }
    return {};
  }

  Result<std::uint32_t> read_rows(std::uint64_t left) {
    const std::uint64_t rows = in_.varint();
    if (!in_.ok() || rows == 0 || rows > left) return bad_header("bad number of rows");
    return static_cast<std::uint32_t>(rows);
  }

  Result<void> read_size(ColumnPlace& place) {
    const std::uint64_t size = in_.varint();
    if (!in_.ok() || size > max_block_bytes) return bad_header("bad size of a column");
    place.size = static_cast<std::uint32_t>(size);
    return {};
  }

  // Index of the first of them.
  Result<std::uint32_t> read_columns(std::size_t count) {
    const std::size_t first = header_.columns.size();
    for (std::size_t i = 0; i < count; ++i) {
      GroupColumn column;
      SLUICE_TRY(column.info, read_column_info(in_));
      SLUICE_CHECK(read_size(column.place));
      header_.columns.push_back(column);
    }
    return static_cast<std::uint32_t>(first);
  }

  Result<void> read_byte_sets(std::string_view bytes) {
    ByteReader in(bytes);
    const std::size_t count = in.count(sizeof(ByteSet));
    header_.byte_sets.resize(count);
    if (count > 0)
      std::memcpy(header_.byte_sets.data(), in.bytes(count * sizeof(ByteSet)).data(),
                  count * sizeof(ByteSet));
    for (std::size_t i = 0; i < slot_columns(header_); ++i) {
      if (!has_bytes(header_.columns[i].info)) continue;
      const std::uint64_t set = in.varint();
      if (set >= header_.byte_sets.size()) return bad_header("bad set of bytes");
      header_.columns[i].bytes = static_cast<std::uint32_t>(set);
    }
    if (!in.finished()) return bad_header("bad sets of bytes");
    return {};
  }

  using Places = std::vector<ColumnPlace*>;
  // The small ones, then one for each class.
  using Placed = std::array<Places, 1 + column_classes.size()>;

  // All columns in the order of the format page.
  Placed columns_in_order() {
    Placed all;
    const auto add = [&](ColumnPlace& place, ColumnClass of) {
      const bool small = place.size <= small_column_bytes;
      all[small || !by_class_ ? 0 : 1 + static_cast<std::size_t>(of)].push_back(&place);
    };
    add(header_.row_templates, ColumnClass::number);
    add(header_.timestamps, class_of_times_);
    add(header_.sequences, ColumnClass::number);
    add(header_.row_shapes, ColumnClass::number);
    for (GroupColumn& column : header_.columns) add(column.place, class_of(column.info.shape));
    return all;
  }

  Result<void> place_columns() {
    ChunkLayout layout(header_.chunks, header_.small.size());
    for (const Places& places : columns_in_order())
      for (ColumnPlace* const place : places)
        if (!layout.place(place->size, *place)) return bad_header("columns do not fit the chunks");
    return layout.complete() ? Result<void>() : bad_header("columns do not fill the chunks");
  }

  ByteReader in_;
  RowGroupHeader& header_;
  bool by_class_ = false;
  bool byte_sets_ = false;
  ColumnClass class_of_times_ = ColumnClass::number;
};

}  // namespace

std::size_t RowGroupHeader::find(std::uint32_t template_number) const {
  const auto at =
      std::lower_bound(template_numbers.begin(), template_numbers.end(), template_number);
  if (at == template_numbers.end() || *at != template_number) return template_numbers.size();
  return static_cast<std::size_t>(at - template_numbers.begin());
}

std::size_t RowGroupHeader::memory_bytes() const {
  std::size_t bytes = sizeof(RowGroupHeader) + chunks.size() * sizeof(chunks[0]) +
                      templates.size() * (sizeof(templates[0]) + 4) +
                      columns.size() * sizeof(columns[0]) + byte_sets.size() * sizeof(ByteSet) +
                      grams.memory_bytes() + minutes.encoded().size() + small.size();
  for (const auto& shape : shapes) {
    bytes += sizeof(shape);
    for (const auto& name : shape.names) bytes += sizeof(name) + name.size();
  }
  return bytes;
}

std::string encode_header(const RowGroupHeader& header, int zstd_level) {
  std::string raw;
  put_varint(raw, header.rows);
  put_varint(raw, header.line_bytes);
  put_varint(raw, flag_by_class | flag_times_apart | (header.surrogates ? flag_surrogates : 0) |
                      (header.byte_sets.empty() ? 0 : flag_byte_sets));
  put_varint(raw, header.chunks.size());
  for (const auto size : header.chunks) put_varint(raw, size);
  put_templates(raw, header);
  put_shapes(raw, header);
  for (const auto& place :
       {header.row_templates, header.timestamps, header.sequences, header.row_shapes})
    put_varint(raw, place.size);
  put_string(raw, header.minutes.encoded());
  std::string grams;
  header.grams.encode(grams);
  put_string(raw, grams);
  put_string(raw, header.small);
  if (!header.byte_sets.empty()) put_string(raw, byte_sets_of(header));
  std::string out;
  put_varint(out, raw.size());
  append_zstd(out, raw, zstd_level);
  return out;
}

Result<RowGroupHeader> decode_header(std::string_view payload) {
  ByteReader sized(payload);
  const std::uint64_t raw_size = sized.varint();
  if (!sized.ok()) return bad_header("has no size");
  SLUICE_TRY(const std::string raw, zstd_block(sized.bytes(sized.left()), raw_size));
  RowGroupHeader header;
  SLUICE_CHECK(HeaderReader(raw, header).read());
  return header;
}

}  // namespace sluice::storage
