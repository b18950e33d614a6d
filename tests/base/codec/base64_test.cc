#include "base/codec/base64.h"

#include <catch2/catch_test_macros.hpp>

namespace sluice {

TEST_CASE("base64 is written with its padding and read back", "[base64]") {
  CHECK(base64_encode("me:secret") == "bWU6c2VjcmV0");
  CHECK(base64_encode("a") == "YQ==");
  CHECK(base64_encode("ab") == "YWI=");
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    CHECK(base64_decode(base64_encode(bytes)).value() == bytes);
    bytes += static_cast<char>(i);
  }
  CHECK(base64_decode("YQ").value() == "a");
  CHECK(base64_decode("Y!").error().message == "illegal base64 data");
}

}  // namespace sluice
