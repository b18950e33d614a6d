// Durations, sizes and times: what parses prints and parses again to the same value.
#include "base/config/units.h"
#include "base/types/time.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

void check_duration(std::string_view text) {
  using namespace sluice;
  const auto duration = parse_prometheus_duration(text);
  if (duration) {
    const auto again = parse_prometheus_duration(format_prometheus_duration(*duration));
    fuzz::require(again && *again == *duration, "durations read back as printed");
  }
  const auto configured = parse_config_duration(text);
  fuzz::require(!configured || *configured >= Duration{0}, "durations are not negative");
}

void check_bytes(std::string_view text) {
  using namespace sluice;
  const auto bytes = parse_bytes(text);
  if (!bytes) return;
  const auto again = parse_bytes(format_bytes(*bytes));
  fuzz::require(again && *again == *bytes, "sizes read back as printed");
}

void check_time(std::string_view text) {
  using namespace sluice;
  const auto time = parse_rfc3339(text);
  if (!time) return;
  const auto again = parse_rfc3339(format_rfc3339(*time));
  fuzz::require(again && *again == *time, "times read back as printed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sluice::fuzz::FuzzInput input(data, size);
  check_duration(input.line());
  check_bytes(input.line());
  check_time(input.line());
  return 0;
}
