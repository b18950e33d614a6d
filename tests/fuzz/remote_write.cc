// Remote write: whatever comes, an answer; what is valid has a name and sane labels.
#include "daemon/ingest/remote_write.h"

#include "base/types/limits.h"
#include "base/types/utf8.h"
#include "daemon/ingest/validate_samples.h"
#include "daemon/storage/exemplar_store.h"
#include "daemon/storage/sample_batch.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  fuzz::FuzzInput input(data, size);
  const bool second = input.below(2) == 1;
  auto request = second ? ingest::decode_remote_write_2(input.rest())
                        : ingest::decode_remote_write(input.rest());
  if (!request) return 0;
  Limits limits;
  limits.oldest = std::chrono::hours(0);
  ingest::Rejections rejections;
  const Timestamp now = from_unix_ns(1'768'046'400'000'000'000);
  const auto valid = ingest::validate_samples(*request, limits, now, rejections);
  const auto& series = valid.series;
  for (const auto& one : series) {
    fuzz::require(valid_utf8_name(one.labels.get(metric_name_label)), "series have a name");
    fuzz::require(!one.samples.empty(), "series have samples");
  }
  const auto payload =
      storage::encode_sample_batch(default_tenant(), now, storage::Origin::outside, series);
  const auto type = storage::sample_batch_type(series);
  const auto batch = storage::decode_sample_batch(type, payload);
  fuzz::require(batch && batch->series.size() == series.size(), "an accepted write reads back");
  const auto exemplars = storage::encode_exemplars(default_tenant(), valid.exemplars);
  const auto stored = storage::decode_exemplars(exemplars);
  fuzz::require(stored && stored->series.size() == valid.exemplars.size(), "so do its exemplars");
  return 0;
}
