// Decompression of foreign bytes: never more than the bound, and whatever we compress comes back.
#include "base/codec/compress.h"

#include "tests/fuzz/fuzz_input.h"

namespace {

constexpr std::size_t max_bytes = 1 << 16;

using Decompress = sluice::Result<std::string> (*)(std::string_view, std::size_t);
constexpr Decompress decompressors[] = {sluice::gzip_decompress, sluice::deflate_decompress,
                                        sluice::zstd_decompress, sluice::snappy_decompress};

void check_foreign(Decompress decompress, std::string_view data) {
  const auto plain = decompress(data, max_bytes);
  if (plain) return sluice::fuzz::require(plain->size() <= max_bytes, "the bound holds");
  const auto code = plain.error().code;
  sluice::fuzz::require(code == sluice::ErrorCode::invalid_argument ||
                            code == sluice::ErrorCode::too_large,
                        "damage and size are told apart from everything else");
}

void check_own(std::string_view plain) {
  using namespace sluice;
  const auto same = [&](const Result<std::string>& back) { return back && *back == plain; };
  fuzz::require(same(gzip_decompress(gzip_compress(plain), plain.size())), "gzip comes back");
  fuzz::require(same(zstd_decompress(zstd_compress(plain), plain.size())), "zstd comes back");
  fuzz::require(same(snappy_decompress(snappy_compress(plain), plain.size())), "snappy comes back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sluice::fuzz::FuzzInput input(data, size);
  const std::size_t format = input.below(5);
  const std::string_view rest = input.rest();
  if (format < 4)
    check_foreign(decompressors[format], rest);
  else
    check_own(rest);
  return 0;
}
