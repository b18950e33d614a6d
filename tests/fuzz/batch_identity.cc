// X-Sluice-Batch: what parses is consistent, and prints to a header of the same meaning.
#include "base/wire/batch_identity.h"

#include <algorithm>

#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const auto id = parse_batch_identity(fuzz::FuzzInput(data, size).rest());
  if (!id) return 0;
  fuzz::require(!id->ends.empty() && id->ends.back() == id->end, "the last end is the end");
  fuzz::require(id->ends.front() > id->start, "entries are not empty");
  fuzz::require(std::is_sorted(id->ends.begin(), id->ends.end()), "ends ascend");
  const auto again = parse_batch_identity(format_batch_identity(*id));
  fuzz::require(again && *again == *id, "identities read back as printed");
  return 0;
}
