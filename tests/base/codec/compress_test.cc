#include "base/codec/compress.h"

#include <catch2/catch_test_macros.hpp>
#include <random>

using namespace sluice;

namespace {

using Decompress = Result<std::string> (*)(std::string_view, std::size_t);

struct Format {
  const char* name;
  std::string (*compress)(std::string_view);
  Decompress decompress;

  // As errors have it: the first word.
  std::string error_name() const {
    const std::string text = name;
    return text.substr(0, text.find(','));
  }
};

const Format formats[] = {
    {"gzip", [](std::string_view d) { return gzip_compress(d); }, gzip_decompress},
    {"zstd", [](std::string_view d) { return zstd_compress(d); }, zstd_decompress},
    {"snappy", snappy_compress, snappy_decompress},
    {"snappy, raw", snappy_compress,
     [](std::string_view data, std::size_t max_bytes) -> Result<std::string> {
       const auto raw = snappy_decompress_raw(data, max_bytes);
       if (!raw) return raw.error();
       return std::string(raw->view());
     }},
};

std::string text_like(std::mt19937& random, std::size_t size) {
  std::string out;
  while (out.size() < size) out += "level=info n=" + std::to_string(random() % 1000) + "\n";
  out.resize(size);
  return out;
}

}  // namespace

TEST_CASE("compression round-trips texts and noise of many sizes") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (const auto& format : formats) {
    for (const std::size_t size : {0, 1, 100, 255, 256, 257, 65'536, 1'000'000}) {
      CAPTURE(format.name, size);
      std::string text = text_like(random, size);
      CHECK(format.decompress(format.compress(text), size).value() == text);
      for (char& c : text) c = static_cast<char>(random());
      CHECK(format.decompress(format.compress(text), size).value() == text);
    }
  }
}

TEST_CASE("one byte over the bound is too_large, whatever the size") {
  for (const auto& format : formats) {
    for (const std::size_t size : {1, 300, 100'000, 10'000'000}) {
      CAPTURE(format.name, size);
      const std::string packed = format.compress(std::string(size, 'a'));
      CHECK(format.decompress(packed, size).has_value());
      CHECK(format.decompress(packed, size - 1).error().code == ErrorCode::too_large);
    }
  }
}

TEST_CASE("truncation at every byte is an Error that names the format") {
  std::mt19937 random(7);
  const std::string text = text_like(random, 2000);
  for (const auto& format : formats) {
    const std::string packed = format.compress(text);
    for (std::size_t n = 0; n < packed.size(); ++n) {
      const auto result = format.decompress(std::string_view(packed).substr(0, n), 1 << 20);
      CAPTURE(format.name, n);
      REQUIRE_FALSE(result.has_value());
      REQUIRE(result.error().code == ErrorCode::invalid_argument);
      REQUIRE(result.error().message.find(format.error_name()) != std::string::npos);
    }
  }
}

TEST_CASE("a flipped byte never crashes and never exceeds the bound") {
  std::mt19937 random(8);
  const std::string text = text_like(random, 3000);
  for (const auto& format : formats) {
    std::string packed = format.compress(text);
    for (std::size_t i = 0; i < packed.size(); ++i) {
      packed[i] = static_cast<char>(packed[i] ^ 0x55);
      const auto result = format.decompress(packed, 4000);
      if (result) REQUIRE(result->size() <= 4000);
      packed[i] = static_cast<char>(packed[i] ^ 0x55);
    }
    CHECK(format.decompress(packed, 4000).value() == text);
  }
}

TEST_CASE("a snappy length that cannot be true is refused before memory is taken") {
  const std::string claims_4_gib_minus_1 = "\xff\xff\xff\xff\x0f" "abc";
  const auto result = snappy_decompress(claims_4_gib_minus_1, std::size_t{8} << 30);
  CHECK(result.error().code == ErrorCode::invalid_argument);
}

TEST_CASE("deflate is read with and without its zlib wrapper") {
  const std::string zlib{"\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06\x2c\x02\x15", 13};
  CHECK(deflate_decompress(zlib, 100).value() == "hello");
  const std::string raw{"\xcb\x48\xcd\xc9\xc9\x07\x00", 7};
  CHECK(deflate_decompress(raw, 100).value() == "hello");
  CHECK(deflate_decompress("", 100).error().code == ErrorCode::invalid_argument);
}

TEST_CASE("gzip members and zstd frames in a row are one body") {
  CHECK(gzip_decompress(gzip_compress("ab") + gzip_compress("cd"), 100).value() == "abcd");
  CHECK(zstd_decompress(zstd_compress("ab") + zstd_compress("cd"), 100).value() == "abcd");
  CHECK_FALSE(gzip_decompress(gzip_compress("ab") + "rest", 100).has_value());
}
