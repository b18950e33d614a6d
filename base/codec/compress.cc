// Streaming decoders (zlib, zstd) write into a string that doubles up to the caller's bound plus
// one byte: reaching that byte is the proof of "too large". Snappy states its size up front, so
// the bound and the format's best possible ratio are checked before anything is allocated.
#include "base/codec/compress.h"

#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <memory>

#include "base/types/assert.h"

namespace sluice {

namespace {

Error too_large(std::size_t max_bytes) {
  return {ErrorCode::too_large,
          "decompressed body exceeds the limit of " + std::to_string(max_bytes) + " bytes"};
}

Error damaged(std::string_view format, std::string_view why) {
  return invalid_argument("body is not valid " + std::string(format) + ": " + std::string(why));
}

// Output that grows by doubling, to at most max_bytes + 1.
class BoundedOutput {
 public:
  BoundedOutput(std::size_t input_size, std::size_t max_bytes)
      : max_bytes_(std::min(max_bytes, std::numeric_limits<std::size_t>::max() / 4)) {
    bytes_.resize(std::min(max_bytes_ + 1, std::max<std::size_t>(4 * input_size, 256)));
  }

  bool too_large() const { return used_ > max_bytes_; }
  char* free_begin() { return bytes_.data() + used_; }
  std::size_t free_size() const { return bytes_.size() - used_; }
  void wrote(std::size_t n) {
    used_ += n;
    if (used_ == bytes_.size()) bytes_.resize(std::min(max_bytes_ + 1, bytes_.size() * 2));
  }
  std::string take() {
    bytes_.resize(used_);
    return std::move(bytes_);
  }

 private:
  std::size_t max_bytes_;
  std::size_t used_ = 0;
  std::string bytes_;
};

// zlib counts in uInt; larger buffers are fed in pieces of this size.
constexpr std::size_t zlib_piece = 1U << 30;

class Inflater {
 public:
  explicit Inflater(int window_bits) { SLUICE_ASSERT(inflateInit2(&z_, window_bits) == Z_OK); }
  ~Inflater() { inflateEnd(&z_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Decodes all members of `data`; only gzip may have more than one.
  Result<std::string> run(std::string_view data, std::size_t max_bytes, std::string_view format) {
    BoundedOutput out(data.size(), max_bytes);
    rest_ = data;
    while (true) {
      const int status = step(out);
      if (out.too_large()) return too_large(max_bytes);
      if (status == Z_STREAM_END) {
        if (rest_.empty()) return out.take();
        if (format != "gzip") return damaged(format, "bytes after the end of the stream");
        inflateReset(&z_);
      } else if (status == Z_BUF_ERROR || (status == Z_OK && rest_.empty() && !progress_)) {
        return damaged(format, "the stream is truncated");
      } else if (status != Z_OK) {
        return damaged(format, z_.msg != nullptr ? z_.msg : "bad data");
      }
    }
  }

 private:
  int step(BoundedOutput& out) {
    const std::size_t in = std::min(rest_.size(), zlib_piece);
    const std::size_t room = std::min(out.free_size(), zlib_piece);
    // zlib's input pointer is not const, but it does not write through it.
    z_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest_.data()));
    z_.avail_in = static_cast<uInt>(in);
    z_.next_out = reinterpret_cast<Bytef*>(out.free_begin());
    z_.avail_out = static_cast<uInt>(room);
    const int status = inflate(&z_, Z_NO_FLUSH);
    const std::size_t produced = room - z_.avail_out;
    progress_ = produced > 0 || z_.avail_in < in;
    rest_.remove_prefix(in - z_.avail_in);
    out.wrote(produced);
    return status;
  }

  z_stream z_{};
  std::string_view rest_;
  bool progress_ = false;
};

// RFC 1950: method 8 in the low bits, and the two bytes are a multiple of 31.
bool has_zlib_header(std::string_view data) {
  if (data.size() < 2) return false;
  const auto a = static_cast<unsigned char>(data[0]);
  const auto b = static_cast<unsigned char>(data[1]);
  return (a & 0x0F) == 8 && (a * 256U + b) % 31 == 0;
}

using ZstdContext = std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)>;

// The decoder's window is memory too: no larger than the output may be, and 8 MiB (what RFC 8878
// asks every decoder to support) at least.
int zstd_window_log(std::size_t max_bytes) {
  return std::clamp(static_cast<int>(std::bit_width(max_bytes)), 23, 27);
}

Error zstd_error(std::size_t code, std::size_t max_bytes) {
  const std::string_view name = ZSTD_getErrorName(code);
  if (name.find("requires too much memory") != name.npos) return too_large(max_bytes);
  return damaged("zstd", name);
}

}  // namespace

Result<std::string> gzip_decompress(std::string_view data, std::size_t max_bytes) {
  return Inflater(15 + 16).run(data, max_bytes, "gzip");
}

Result<std::string> deflate_decompress(std::string_view data, std::size_t max_bytes) {
  if (has_zlib_header(data)) {
    auto zlib = Inflater(15).run(data, max_bytes, "deflate");
    if (zlib || zlib.error().code == ErrorCode::too_large) return zlib;
    // A raw stream may begin like a zlib header by chance.
    auto raw = Inflater(-15).run(data, max_bytes, "deflate");
    return raw ? std::move(raw) : std::move(zlib);
  }
  return Inflater(-15).run(data, max_bytes, "deflate");
}

Result<std::string> zstd_decompress(std::string_view data, std::size_t max_bytes) {
  if (data.empty()) return damaged("zstd", "the body is empty");
  const auto stated = ZSTD_getFrameContentSize(data.data(), data.size());
  const bool known = stated != ZSTD_CONTENTSIZE_UNKNOWN && stated != ZSTD_CONTENTSIZE_ERROR;
  if (known && stated > max_bytes) return too_large(max_bytes);

  const ZstdContext context(ZSTD_createDCtx(), &ZSTD_freeDCtx);
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, zstd_window_log(max_bytes));
  BoundedOutput out(data.size(), max_bytes);
  ZSTD_inBuffer in{data.data(), data.size(), 0};
  while (true) {
    ZSTD_outBuffer piece{out.free_begin(), out.free_size(), 0};
    const std::size_t before = in.pos;
    const std::size_t left = ZSTD_decompressStream(context.get(), &piece, &in);
    if (ZSTD_isError(left)) return zstd_error(left, max_bytes);
    out.wrote(piece.pos);
    if (out.too_large()) return too_large(max_bytes);
    if (in.pos == in.size && left == 0) return out.take();
    if (in.pos == before && piece.pos == 0) return damaged("zstd", "the stream is truncated");
  }
}

namespace {

Error damaged_snappy() {
  return damaged("snappy", "damaged or truncated block");
}

}  // namespace

Result<std::size_t> snappy_size(std::string_view data, std::size_t max_bytes) {
  std::size_t size = 0;
  if (!snappy::GetUncompressedLength(data.data(), data.size(), &size)) {
    return damaged("snappy", "no length at the front");
  }
  if (size > max_bytes) return too_large(max_bytes);
  // Three bytes copy at most 64; a length beyond that ratio cannot be true.
  if (size / 22 > data.size() + 64) return damaged("snappy", "the length at the front is wrong");
  return size;
}

Result<std::string> snappy_decompress(std::string_view data, std::size_t max_bytes) {
  SLUICE_TRY(const std::size_t size, snappy_size(data, max_bytes));
  std::string out(size, '\0');
  if (!snappy::RawUncompress(data.data(), data.size(), out.data())) return damaged_snappy();
  return out;
}

Result<RawBytes> snappy_decompress_raw(std::string_view data, std::size_t max_bytes) {
  SLUICE_TRY(const std::size_t size, snappy_size(data, max_bytes));
  auto out = std::make_unique_for_overwrite<char[]>(size);
  if (!snappy::RawUncompress(data.data(), data.size(), out.get())) return damaged_snappy();
  return RawBytes{std::move(out), size};
}

std::string gzip_compress(std::string_view data, int level) {
  z_stream z{};
  SLUICE_ASSERT(deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&z, data.size()), '\0');
  std::size_t used = 0;
  int status = Z_OK;
  while (status != Z_STREAM_END) {
    const std::size_t in = std::min(data.size(), zlib_piece);
    const std::size_t room = std::min(out.size() - used, zlib_piece);
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
    z.avail_in = static_cast<uInt>(in);
    z.next_out = reinterpret_cast<Bytef*>(out.data() + used);
    z.avail_out = static_cast<uInt>(room);
    status = deflate(&z, in == data.size() ? Z_FINISH : Z_NO_FLUSH);
    SLUICE_ASSERT(status == Z_OK || status == Z_STREAM_END);
    data.remove_prefix(in - z.avail_in);
    used += room - z.avail_out;
  }
  deflateEnd(&z);
  out.resize(used);
  return out;
}

std::string zstd_compress(std::string_view data, int level) {
  std::string out(ZSTD_compressBound(data.size()), '\0');
  const std::size_t n =
      ZSTD_compress(out.data(), out.size(), data.data(), data.size(), level);
  SLUICE_ASSERT(!ZSTD_isError(n));
  out.resize(n);
  return out;
}

std::string snappy_compress(std::string_view data) {
  std::string out;
  snappy::Compress(data.data(), data.size(), &out);
  return out;
}

}  // namespace sluice
