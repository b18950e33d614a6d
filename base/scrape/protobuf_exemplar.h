// io.prometheus.client.Exemplar and LabelPair, for the decoders of the protobuf format; what is
// malformed throws protozero::exception.
#pragma once

#include <protozero/pbf_reader.hpp>

#include "base/scrape/exposed_exemplar.h"

namespace sluice::scrape {

Label read_label_pair(protozero::pbf_reader reader);
ExposedExemplar read_exposed_exemplar(protozero::pbf_reader reader);

}  // namespace sluice::scrape
