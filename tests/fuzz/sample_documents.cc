// Documents about samples: deletions and exemplars. What decodes is written again as it was read.
#include "daemon/storage/exemplar_store.h"
#include "daemon/storage/sample_deletions.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  fuzz::FuzzInput input(data, size);
  if (input.below(2) == 1) {
    const auto batch = storage::decode_exemplars(input.rest());
    if (!batch) return 0;
    const auto again =
        storage::decode_exemplars(storage::encode_exemplars(batch->tenant, batch->series));
    fuzz::require(again && again->tenant == batch->tenant, "exemplars read back");
    fuzz::require(again->series.size() == batch->series.size(), "all of them");
    return 0;
  }
  const auto deletion = storage::decode_sample_deletion(input.rest());
  if (!deletion) return 0;
  const auto again = storage::decode_sample_deletion(storage::encode_sample_deletion(*deletion));
  fuzz::require(again && again->first_ms == deletion->first_ms &&
                    again->last_ms == deletion->last_ms &&
                    again->matchers.size() == deletion->matchers.size(),
                "a deletion reads back");
  return 0;
}
