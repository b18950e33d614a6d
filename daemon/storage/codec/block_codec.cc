#include "daemon/storage/codec/block_codec.h"

#include <lz4.h>
#include <zstd.h>

#include <memory>
#include <mutex>
#include <vector>

#include "base/types/assert.h"

namespace sluice::storage {

namespace {

Error damaged_block(std::string_view what) {
  return {ErrorCode::corrupt, std::string(what) + " block does not decompress to its stored size"};
}

// Room for the worst case: a string resized for it would be written twice. What is given back is
// taken again first: there is as much of it as threads compress at once, not as there are threads,
// and it is in their caches.
class Scratch {
 public:
  explicit Scratch(std::size_t bytes) : room_(take(bytes)) {}
  ~Scratch() {
    if (room_.size > kept_bytes) return;
    const std::lock_guard lock(mutex);
    if (idle.size() < kept) idle.push_back(std::move(room_));
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  char* data() { return room_.bytes.get(); }

 private:
  static constexpr std::size_t kept = 4;
  static constexpr std::size_t kept_bytes = 4 << 20;

  struct Room {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };

  static Room take(std::size_t bytes) {
    Room room;
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        room = std::move(idle.back());
        idle.pop_back();
      }
    }
    if (room.size >= bytes) return room;
    room = {};  // before the larger one is there
    return {std::make_unique_for_overwrite<char[]>(bytes), bytes};
  }

  inline static std::mutex mutex;
  inline static std::vector<Room> idle;  // protected by mutex

  Room room_;
};

// zstd codes 128 KiB with one table of frequencies, and columns next to each other have little in
// common: splitting blocks where the bytes change costs time and saves some per cent. By number, as
// the header names it for static linking only; a library that does not know it does without.
constexpr auto split_blocks = ZSTD_c_experimentalParam13;
constexpr int least_level_to_split = 3;
constexpr int on = 1;
constexpr int off = 2;

ZSTD_CCtx* compressor(int level) {
  thread_local const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context(
      ZSTD_createCCtx(), ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context.get(), split_blocks, level >= least_level_to_split ? on : off);
  return context.get();
}

ZSTD_DCtx* decompressor() {
  thread_local const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(
      ZSTD_createDCtx(), ZSTD_freeDCtx);
  return context.get();
}

}  // namespace

void append_lz4(std::string& out, std::string_view raw) {
  // What is compressed like this lives for minutes: an eighth less time for a twentieth more bytes.
  constexpr int haste = 4;
  SLUICE_ASSERT(raw.size() <= max_block_bytes);
  const int bound = LZ4_compressBound(static_cast<int>(raw.size()));
  Scratch scratch(static_cast<std::size_t>(bound));
  const int size =
      LZ4_compress_fast(raw.data(), scratch.data(), static_cast<int>(raw.size()), bound, haste);
  SLUICE_ASSERT(size > 0 || raw.empty());
  out.append(scratch.data(), static_cast<std::size_t>(size));
}

Result<std::string> lz4_block(std::string_view block, std::size_t raw_size) {
  if (raw_size > max_block_bytes || block.size() > max_block_bytes) return damaged_block("LZ4");
  std::string raw(raw_size, '\0');
  const int size = LZ4_decompress_safe(block.data(), raw.data(), static_cast<int>(block.size()),
                                       static_cast<int>(raw_size));
  if (size < 0 || static_cast<std::size_t>(size) != raw_size) return damaged_block("LZ4");
  return raw;
}

void append_zstd(std::string& out, std::string_view raw, int level) {
  SLUICE_ASSERT(raw.size() <= max_block_bytes);
  const std::size_t bound = ZSTD_compressBound(raw.size());
  Scratch scratch(bound);
  const std::size_t size =
      ZSTD_compress2(compressor(level), scratch.data(), bound, raw.data(), raw.size());
  SLUICE_ASSERT(!ZSTD_isError(size));
  out.append(scratch.data(), size);
}

Result<std::string> zstd_block(std::string_view block, std::size_t raw_size) {
  if (raw_size > max_block_bytes) return damaged_block("zstd");
  std::string raw(raw_size, '\0');
  const std::size_t size =
      ZSTD_decompressDCtx(decompressor(), raw.data(), raw_size, block.data(), block.size());
  if (ZSTD_isError(size) || size != raw_size) return damaged_block("zstd");
  return raw;
}

}  // namespace sluice::storage
