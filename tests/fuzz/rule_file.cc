// Rule files: every problem has a place, and what is accepted has rules with queries.
#include "rules/rule_file.h"

#include "rules/language.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  rules::RuleFileOptions options;
  options.classify = rules::classify_query;
  const auto file =
      rules::parse_rule_file(std::string(fuzz::FuzzInput(data, size).rest()), "f", options);
  if (!file) fuzz::require(file.error().message.starts_with("f:"), "problems have a place");
  return 0;
}
