#include "base/config/units.h"

#include <catch2/catch_test_macros.hpp>

namespace sluice {
namespace {

std::int64_t bytes(std::string_view text) {
  auto parsed = parse_bytes(text);
  return parsed ? static_cast<std::int64_t>(*parsed) : -1;
}
std::int64_t milliseconds(std::string_view text) {
  auto parsed = parse_config_duration(text);
  return parsed ? parsed->count() / 1'000'000 : -1;
}

}  // namespace

TEST_CASE("sizes", "[units]") {
  CHECK(bytes("512") == 512);
  CHECK(bytes("512B") == 512);
  CHECK(bytes("64MiB") == 64 << 20);
  CHECK(bytes("64mib") == 64 << 20);
  CHECK(bytes("1GB") == 1'000'000'000);
  CHECK(bytes("1.5 GB") == 1'500'000'000);
  CHECK(bytes("2TiB") == 2LL << 40);
  CHECK(*parse_bytes("18446744073709551615") == 18446744073709551615ULL);
  for (auto bad : {"", "MiB", "1M", "1.5.2MB", "-1", "1e9", "18446744073709551616", "99999999TiB",
                   "1MiB ", "0x10", "."})
    CHECK(bytes(bad) == -1);
}

TEST_CASE("sizes print in the largest whole unit and read back", "[units]") {
  CHECK(format_bytes(0) == "0");
  CHECK(format_bytes(1000) == "1000");
  CHECK(format_bytes(64 << 20) == "64MiB");
  CHECK(format_bytes(1ULL << 50) == "1024TiB");
  for (const std::uint64_t n : {1ULL, 1023ULL, 1024ULL, 1536ULL, 1ULL << 40, 3ULL << 20})
    CHECK(*parse_bytes(format_bytes(n)) == n);
}

TEST_CASE("durations in either dialect", "[units]") {
  CHECK(milliseconds("1h30m") == 5'400'000);
  CHECK(milliseconds("1d") == 86'400'000);
  CHECK(milliseconds("1.5h") == 5'400'000);
  CHECK(milliseconds("0") == 0);
  for (auto bad : {"", "15", "-1s", "soon"}) CHECK(milliseconds(bad) == -1);
}

}  // namespace sluice
