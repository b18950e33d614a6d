// A value of a sample part: the size of its body as a varint, then the body as a zstd block.
#pragma once

#include <string>
#include <string_view>

#include "daemon/storage/codec/block_codec.h"
#include "daemon/storage/codec/bytes.h"

namespace sluice::storage {

inline std::string pack_zstd(std::string_view body, int level) {
  std::string out;
  put_varint(out, body.size());
  append_zstd(out, body, level);
  return out;
}

// Error(corrupt).
inline Result<std::string> unpack_zstd(std::string_view payload) {
  ByteReader in(payload);
  const std::uint64_t size = in.varint();
  if (!in.ok() || size > max_block_bytes)
    return Error{ErrorCode::corrupt, "the size of a block of samples is none"};
  return zstd_block(in.bytes(in.left()), size);
}

}  // namespace sluice::storage
