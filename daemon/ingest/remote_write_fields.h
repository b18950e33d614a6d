// What remote write 1.0 and 2.0 share: samples and native histograms of a series. For the decoders
// only, which are the .cc files that may include protozero.
#pragma once

#include "daemon/ingest/protobuf_field.h"
#include "daemon/ingest/remote_write.h"

namespace sluice::ingest {

// Throw protozero::exception as protozero does.
Sample read_float_sample(protozero::pbf_reader reader);
void read_histogram_sample(protozero::pbf_reader reader, WrittenSeries& series);

// Of a WriteRequest of 1.0: one of its series, and the field where the reader stands.
void read_request_series(protozero::pbf_reader series, WriteRequest& request);
void read_request_field(protozero::pbf_reader& reader, WriteRequest& request);

}  // namespace sluice::ingest
