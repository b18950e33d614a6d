// Loki's push request as snappy-compressed protobuf: logproto.PushRequest with one stream.
//
//   PushRequest { repeated Stream streams = 1; }
//   Stream      { string labels = 1; repeated Entry entries = 2; }
//   Entry       { Timestamp timestamp = 1; string line = 2; repeated LabelPair metadata = 3; }
//   Timestamp   { int64 seconds = 1; int32 nanos = 2; }    LabelPair { name = 1; value = 2; }
//
// Parts of a cut line carry the metadata line_part = first | middle | last; a loss marker carries
// sluice_loss = "1".
#pragma once

#include <string>

#include "agent/batch/batch.h"

namespace sluice::agent {

std::string encode_push(const Batch& batch);       // protobuf
std::string encode_push_body(const Batch& batch);  // protobuf, snappy block format

}  // namespace sluice::agent
