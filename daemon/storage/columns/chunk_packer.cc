#include "daemon/storage/columns/chunk_packer.h"

#include "daemon/storage/codec/block_codec.h"

namespace sluice::storage {

ColumnPlace ChunkPacker::add(std::string_view column) {
  const auto size = static_cast<std::uint32_t>(column.size());
  if (size <= small_column_bytes) {
    const auto offset = static_cast<std::uint32_t>(small.size());
    small += column;
    return {ColumnPlace::in_header, offset, size};
  }
  if (!open_.empty() && open_.size() + size > chunk_bytes) close();
  const ColumnPlace place{static_cast<std::uint32_t>(chunks.size()),
                          static_cast<std::uint32_t>(open_.size()), size};
  open_ += column;
  if (open_.size() >= chunk_bytes) close();
  return place;
}

void ChunkPacker::finish() {
  if (!open_.empty()) close();
}

void ChunkPacker::close() {
  raw_sizes.push_back(static_cast<std::uint32_t>(open_.size()));
  append_zstd(chunks.emplace_back(), open_, level_);
  chunks.back().shrink_to_fit();
  open_.clear();
}

bool ChunkLayout::place(std::uint64_t size, ColumnPlace& out) {
  if (size <= small_column_bytes) {
    if (size > small_size_ - small_offset_) return false;
    out = {ColumnPlace::in_header, small_offset_, static_cast<std::uint32_t>(size)};
    small_offset_ += out.size;
    return true;
  }
  if (chunk_ < raw_sizes_.size() && offset_ == raw_sizes_[chunk_]) {
    ++chunk_;
    offset_ = 0;
  }
  if (chunk_ == raw_sizes_.size() || size > raw_sizes_[chunk_] - offset_) return false;
  out = {chunk_, offset_, static_cast<std::uint32_t>(size)};
  offset_ += out.size;
  return true;
}

bool ChunkLayout::complete() const {
  const bool all_chunks =
      raw_sizes_.empty() ||
      (chunk_ + 1 == raw_sizes_.size() && offset_ == raw_sizes_[chunk_]);
  return all_chunks && small_offset_ == small_size_;
}

}  // namespace sluice::storage
