// Prometheus remote write 1.0: prometheus.WriteRequest as snappy-compressed protobuf.
//
//   WriteRequest { repeated TimeSeries timeseries = 1; repeated MetricMetadata metadata = 3; }
//   TimeSeries   { repeated Label labels = 1; repeated Sample samples = 2; }
//   Label { name = 1; value = 2; }   Sample { double value = 1; int64 timestamp_ms = 2; }
//   MetricMetadata { type = 1; metric_family_name = 2; help = 4; unit = 5; }
//
// Labels are sorted by name and unique, none is empty; `common` (job, instance) goes on each series
// and wins over a label of the same name.
#pragma once

#include <vector>

#include "agent/host/family.h"
#include "agent/ship/remote_writer.h"

namespace sluice::agent {

// Nearly always one body; a machine with very many cgroups or text files has more.
std::vector<WriteBody> encode_write(const Families& families, const LabelSet& common,
                                    std::int64_t timestamp_ms);

}  // namespace sluice::agent
