// Labels in text form: what parses prints and parses again to the same set.
#include "base/types/labels.h"

#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const std::string_view text = fuzz::FuzzInput(data, size).rest();
  const auto labels = parse_labels(text);
  if (labels) {
    const auto again = parse_labels(labels->to_string());
    fuzz::require(again && *again == *labels, "labels read back as printed");
    fuzz::require(again->hash() == labels->hash(), "equal labels hash alike");
  }
  std::string quoted;
  append_quoted(quoted, text);
  std::string_view rest = quoted;
  const auto unquoted = unquote_front(rest);
  fuzz::require(unquoted && *unquoted == text && rest.empty(), "any text survives quoting");
  return 0;
}
