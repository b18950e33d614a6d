// Stored delete requests: decoders say corrupt, and what decodes is written back the same.
#include "daemon/storage/delete_request.h"

#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  using namespace sluice::storage;
  fuzz::FuzzInput input(data, size);
  const auto stored = decode_request("id", input.rest());
  if (!stored) {
    fuzz::require(stored.error().code == ErrorCode::corrupt, "damage is called damage");
    return 0;
  }
  const auto again = decode_request("id", encode_request(*stored));
  fuzz::require(again.has_value() && again->request.query == stored->request.query &&
                    again->request.range == stored->request.range &&
                    again->request.created == stored->request.created &&
                    again->request.processed == stored->request.processed &&
                    again->parts_below == stored->parts_below,
                "a request comes back");
  const auto tombstone = make_tombstone(*stored, true);
  fuzz::require(!tombstone || tombstone->range == stored->request.range, "the range stays");
  return 0;
}
