// FlatWrite: a remote write decoded without allocating anything per series or sample, as long as
// series are what senders usually send: labels in order and within the rules, float samples. What
// is anything else (histograms, exemplars, labels out of order or against the rules, samples
// outside the accepted time) goes the long way through WriteRequest, which knows all cases and all
// messages. Wire: docs/format/remote-write.md. For one thread.
#pragma once

#include <string_view>
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
// Error(invalid_argument): it is none, has too many samples and exemplars, or would take far more
// memory than it has bytes.
Result<FlatWrite> decode_flat_write(std::string_view body, const Limits& limits, Timestamp now);
// Remote write 2.0. Errors also: a reference to a symbol that is not there, or to half a label.
Result<FlatWrite> decode_flat_write_2(std::string_view body, const Limits& limits, Timestamp now);

}  // namespace sluice::ingest
