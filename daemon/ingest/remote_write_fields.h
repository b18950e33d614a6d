// What remote write 1.0 and 2.0 share: samples and native histograms of a series. For the decoders
// only, which are the .cc files that may include protozero.
#pragma once

#include "daemon/ingest/decode_budget.h"
#include "daemon/ingest/protobuf_field.h"
#include "daemon/ingest/remote_write.h"

namespace sluice::ingest {

// What `decode` gives, or Error(invalid_argument) of what it throws: that it is no such message, or
// too large.
template <class Decode>
auto catching(const char* message, Decode decode) -> decltype(decode()) {
  try {
    return decode();
  } catch (const OverBudget& over) {
    return over.error();
  } catch (const protozero::exception& e) {
    return invalid_argument(std::string("remote write: not a protobuf ") + message + ": " +
                            e.what());
  }
}

// Throw protozero::exception as protozero does, and OverBudget.
Sample read_float_sample(protozero::pbf_reader reader);
void add_float_sample(protozero::pbf_reader reader, WrittenSeries& series, DecodeBudget& budget);
void add_histogram_sample(protozero::pbf_reader reader, WrittenSeries& series,
                          DecodeBudget& budget);

// Of a WriteRequest of 1.0: one of its series, and the field where the reader stands.
void read_request_series(protozero::pbf_reader series, WriteRequest& request, DecodeBudget& budget);
void read_request_field(protozero::pbf_reader& reader, WriteRequest& request, DecodeBudget& budget);

}  // namespace sluice::ingest
