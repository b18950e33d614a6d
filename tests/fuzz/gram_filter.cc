// Gram filters: any bytes decode or are corrupt, come back the same, and never deny what was added.
#include "daemon/storage/columns/gram_filter.h"

#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice::storage;

void check_decoded(std::string_view bytes, std::string_view text) {
  const auto filter = GramFilter::decode(bytes);
  if (!filter) return;
  std::string encoded;
  filter->encode(encoded);
  const auto again = GramFilter::decode(encoded);
  sluice::fuzz::require(again.has_value(), "what was encoded decodes");
  sluice::fuzz::require(again->may_contain(text) == filter->may_contain(text),
                        "a filter read back answers the same");
}

void check_built(sluice::fuzz::FuzzInput& input) {
  GramFilterBuilder builder;
  std::string_view value;
  for (std::size_t values = input.below(8) + 1; values > 0; --values)
    builder.add(value = input.line());
  const GramFilter filter = builder.finish();
  const auto part = value.substr(value.size() / 3);
  sluice::fuzz::require(filter.may_contain(part), "a part of a value is possible");
  sluice::fuzz::require(filter.memory_bytes() <= 128 << 10, "filters are bounded");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sluice::fuzz::FuzzInput input(data, size);
  if (input.flag()) {
    const auto text = input.take(input.below(16));
    check_decoded(input.rest(), text);
  } else {
    check_built(input);
  }
  return 0;
}
