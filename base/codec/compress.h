// Whole-buffer compression in the formats HTTP and remote write use. Decompression never produces
// more than `max_bytes`: past it Error(too_large), so a small bomb stays small. Damaged or
// truncated input is Error(invalid_argument) that says which format was expected.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/types/result.h"

namespace sluice {

Result<std::string> gzip_decompress(std::string_view data, std::size_t max_bytes);
Result<std::string> deflate_decompress(std::string_view data, std::size_t max_bytes);  // or raw
Result<std::string> zstd_decompress(std::string_view data, std::size_t max_bytes);
Result<std::string> snappy_decompress(std::string_view data, std::size_t max_bytes);   // blocks

// The same into memory that is not zeroed first, for bodies of megabytes.
struct RawBytes {
  std::shared_ptr<const char[]> data;
  std::size_t size = 0;
  std::string_view view() const { return {data.get(), size}; }
};
// What it would give, as the block says itself.
Result<std::size_t> snappy_size(std::string_view data, std::size_t max_bytes);
Result<RawBytes> snappy_decompress_raw(std::string_view data, std::size_t max_bytes);

std::string gzip_compress(std::string_view data, int level = 1);
std::string zstd_compress(std::string_view data, int level = 1);
std::string snappy_compress(std::string_view data);

}  // namespace sluice
