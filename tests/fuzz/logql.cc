// LogQL: any text is parsed or refused, and what parses prints to text that parses to the same.
#include <string>

#include "query/engine/engine.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const auto expr = query::parse_logql(fuzz::FuzzInput(data, size).rest());
  if (!expr) {
    fuzz::require(!expr.error().message.empty(), "syntax errors say something");
    return 0;
  }
  const std::string printed = query::to_string(**expr);
  const auto again = query::parse_logql(printed);
  fuzz::require(again.has_value(), "canonical text parses");
  fuzz::require(query::to_string(**again) == printed, "canonical text is a fixed point");
  return 0;
}
