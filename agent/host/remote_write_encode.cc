#include "agent/host/remote_write_encode.h"

#include <protozero/pbf_writer.hpp>

#include "agent/ship/write_bodies.h"

namespace sluice::agent {
namespace {

// prometheus.MetricMetadata.MetricType
std::int32_t wire_type(MetricType type) {
  switch (type) {
    case MetricType::counter: return 1;
    case MetricType::gauge: return 2;
    case MetricType::untyped: return 0;
    case MetricType::histogram: return 3;
    case MetricType::summary: return 5;
  }
  return 0;
}

void write_series(protozero::pbf_writer& request, const LabelSet& labels, double value,
                  std::int64_t timestamp_ms) {
  protozero::pbf_writer series(request, 1);
  for (const auto& label : labels) {
    protozero::pbf_writer pair(series, 1);
    pair.add_string(1, label.name);
    pair.add_string(2, label.value);
  }
  protozero::pbf_writer sample(series, 2);
  sample.add_double(1, value);
  sample.add_int64(2, timestamp_ms);
}

void write_metadata(protozero::pbf_writer& request, const Family& family) {
  protozero::pbf_writer metadata(request, 3);
  metadata.add_enum(1, wire_type(family.type));
  metadata.add_string(2, family.name);
  metadata.add_string(4, family.help);
}

}  // namespace

std::vector<WriteBody> encode_write(const Families& families, const LabelSet& common,
                                    std::int64_t timestamp_ms) {
  WriteBodies bodies;
  for (const auto& family : families) {
    for (const auto& v : family.values) {
      LabelSet labels = v.labels;
      labels.set(metric_name_label, family.name + v.suffix);
      for (const auto& label : common) labels.set(label.name, label.value);
      bodies.add(1, [&](protozero::pbf_writer& request) {
        write_series(request, labels, v.value, timestamp_ms);
      });
    }
  }
  for (const auto& family : families)
    bodies.add(0, [&](protozero::pbf_writer& request) { write_metadata(request, family); });
  return bodies.take();
}

}  // namespace sluice::agent
