#include "daemon/storage/columns/chunk_packer.h"

#include "daemon/storage/codec/block_codec.h"

namespace sluice::storage {

namespace {

std::size_t chunk_bytes_of(ColumnClass of) {
  return of == ColumnClass::fixed ? fixed_chunk_bytes : chunk_bytes;
}

// Times have been compressed already, as far as they can be; planes of numbers seldom repeat, so
// that looking for it at length takes time and saves next to nothing.
int level_of(ColumnClass of, int zstd_level) {
  return of == ColumnClass::time || of == ColumnClass::number ? 1 : zstd_level;
}

}  // namespace

ColumnClass class_of(ColumnShape shape) {
  switch (shape) {
    case ColumnShape::number: return ColumnClass::number;
    case ColumnShape::fixed: return ColumnClass::fixed;
    default: return ColumnClass::text;
  }
}

ColumnPlace ChunkPacker::add(std::string_view column, ColumnClass of) {
  const auto size = static_cast<std::uint32_t>(column.size());
  if (size <= small_column_bytes) {
    small += column;
    return {ColumnPlace::in_header, 0, size};
  }
  Open& open = open_[static_cast<std::size_t>(of)];
  const std::size_t most = chunk_bytes_of(of);
  if (!open.raw.empty() && open.raw.size() + size > most) close(of);
  open.raw += column;
  if (open.raw.size() >= most) close(of);
  return {0, 0, size};
}

void ChunkPacker::finish() {
  for (const ColumnClass of : column_classes) {
    Open& open = open_[static_cast<std::size_t>(of)];
    if (!open.raw.empty()) close(of);
    for (auto& chunk : open.chunks) chunks.push_back(std::move(chunk));
    raw_sizes.insert(raw_sizes.end(), open.raw_sizes.begin(), open.raw_sizes.end());
  }
}

void ChunkPacker::close(ColumnClass of) {
  Open& open = open_[static_cast<std::size_t>(of)];
  open.raw_sizes.push_back(static_cast<std::uint32_t>(open.raw.size()));
  append_zstd(open.chunks.emplace_back(), open.raw, level_of(of, level_));
  open.chunks.back().shrink_to_fit();
  open.raw.clear();
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
      raw_sizes_.empty() || (chunk_ + 1 == raw_sizes_.size() && offset_ == raw_sizes_[chunk_]);
  return all_chunks && small_offset_ == small_size_;
}

}  // namespace sluice::storage
