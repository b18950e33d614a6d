// Compression of stored blocks: LZ4 for what lives minutes, zstd for what lives days. The raw size
// is stored beside the block, so decompression has an exact size to meet. Contexts are per thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/types/result.h"

namespace sluice::storage {

// No block is larger before compression; a stored size above it is damage.
inline constexpr std::size_t max_block_bytes = 256 << 20;

void append_lz4(std::string& out, std::string_view raw);
Result<std::string> lz4_block(std::string_view block, std::size_t raw_size);

void append_zstd(std::string& out, std::string_view raw, int level);
Result<std::string> zstd_block(std::string_view block, std::size_t raw_size);

}  // namespace sluice::storage
