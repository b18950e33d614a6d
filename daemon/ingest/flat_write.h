#include <vector>

#include "base/types/limits.h"
#include "base/types/time.h"
#include "daemon/ingest/remote_write.h"
#include "daemon/storage/samples/sample_write.h"

namespace sluice::ingest {

struct FlatWrite {
  storage::SampleWrite samples;  // valid; texts lie in the body
  WriteRequest rest;             // still to be validated
};

// Remote write 1.0. `body` is plain protobuf, decompressed, and must outlive what is returned.
// Error(invalid_argument).
Result<FlatWrite> decode_flat_write(std::string_view body, const Limits& limits, Timestamp now);

}  // namespace sluice::ingest
