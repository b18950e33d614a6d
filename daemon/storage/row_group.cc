#include "daemon/storage/row_group.h"

#include "daemon/storage/block_codec.h"
#include "daemon/storage/bytes.h"

namespace sluice::storage {

namespace {

Error damaged_group(std::string_view what) {
  return {ErrorCode::corrupt, "row group: " + std::string(what)};
}

}  // namespace

void RowGroupBuilder::add(Timestamp timestamp, std::uint64_t sequence, std::string_view line,
                          const LabelSet* metadata) {
  ++rows_;
  put_zigzag(timestamps_, wrapping_sub(unix_ns(timestamp), last_ns_));
  last_ns_ = unix_ns(timestamp);
  const auto signed_sequence = static_cast<std::int64_t>(sequence);
  put_zigzag(sequences_, wrapping_sub(signed_sequence, last_sequence_));
  last_sequence_ = signed_sequence;
  put_varint(lengths_, line.size());
  lines_ += line;
  if (!metadata || metadata->empty()) return put_varint(metadata_references_, 0);
  scratch_.clear();
  put_labels(scratch_, *metadata);
  const auto [it, added] = metadata_ordinals_.try_emplace(scratch_, metadata_ordinals_.size() + 1);
  if (added) distinct_metadata_ += scratch_;
  put_varint(metadata_references_, it->second);
}

bool RowGroupBuilder::full() const {
  return rows_ >= row_group_rows_max || lines_.size() >= row_group_bytes_max;
}

std::string RowGroupBuilder::finish(int level) {
  std::string columns = timestamps_ + sequences_ + lengths_;
  put_varint(columns, metadata_ordinals_.size());
  if (!metadata_ordinals_.empty()) columns += distinct_metadata_ + metadata_references_;
  std::string packed;
  append_zstd(packed, columns, level);
  std::string out;
  put_varint(out, rows_);
  put_varint(out, columns.size());
  put_varint(out, packed.size());
  put_varint(out, lines_.size());
  out += packed;
  append_zstd(out, lines_, level);
  *this = RowGroupBuilder();
  return out;
}

Result<std::unique_ptr<RowGroup>> RowGroup::decode(std::string_view payload) {
  ByteReader in(payload);
  const std::uint64_t rows = in.varint();
  const std::uint64_t columns_raw = in.varint();
  const std::uint64_t columns_size = in.varint();
  const std::uint64_t lines_raw = in.varint();
  const std::string_view packed = in.bytes(columns_size);
  // Each row takes at least three bytes of columns.
  if (!in.ok() || rows > columns_raw / 3) return damaged_group("bad header");
  SLUICE_TRY(const std::string columns, zstd_block(packed, columns_raw));
  std::unique_ptr<RowGroup> group(new RowGroup);
  SLUICE_TRY(group->lines_, zstd_block(in.bytes(in.left()), lines_raw));
  if (!group->read_columns(rows, columns)) return damaged_group("columns do not fit the header");
  return group;
}

bool RowGroup::read_columns(std::size_t rows, const std::string& columns) {
  ByteReader in(columns);
  rows_.timestamps.reserve(rows);
  rows_.sequences.reserve(rows);
  std::int64_t value = 0;
  for (std::size_t i = 0; i < rows; ++i)
    rows_.timestamps.push_back(from_unix_ns(value = wrapping_add(value, in.zigzag())));
  value = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    value = wrapping_add(value, in.zigzag());
    rows_.sequences.push_back(static_cast<std::uint64_t>(value));
  }
  std::vector<std::size_t> lengths(rows);
  for (auto& length : lengths) length = in.varint();
  metadata_.resize(in.count(1));
  for (auto& labels : metadata_) labels = in.labels();
  for (std::size_t i = 0; i < rows && !metadata_.empty(); ++i) {
    const std::uint64_t ordinal = in.varint();
    if (ordinal > metadata_.size()) return false;
    rows_.metadata.push_back(ordinal == 0 ? nullptr : &metadata_[ordinal - 1]);
  }
  return in.finished() && cut_lines(lengths);
}

bool RowGroup::cut_lines(const std::vector<std::size_t>& lengths) {
  std::string_view rest = lines_;
  rows_.lines.reserve(lengths.size());
  for (const std::size_t length : lengths) {
    if (length > rest.size()) return false;
    rows_.lines.push_back(rest.substr(0, length));
    rest.remove_prefix(length);
  }
  return rest.empty();
}

std::size_t RowGroup::memory_bytes() const {
  return lines_.size() + rows_.size() * 48 + metadata_.size() * 128;
}

}  // namespace sluice::storage
