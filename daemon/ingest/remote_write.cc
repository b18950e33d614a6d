#include "daemon/ingest/remote_write.h"

#include <array>

#include "daemon/ingest/remote_write_fields.h"

namespace sluice::ingest {

namespace {

constexpr std::array<const char*, 8> metric_types = {
    "unknown", "counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset"};

std::string text(protozero::pbf_reader& reader) {
  const auto view = reader.get_view();
  return {view.data(), view.size()};
}

Label read_label(protozero::pbf_reader reader) {
  Label label;
  while (reader.next()) {
    if (is_field(reader, 1, as_bytes))
      label.name = text(reader);
    else if (is_field(reader, 2, as_bytes))
      label.value = text(reader);
    else
      reader.skip();
  }
  return label;
}

Exemplar read_exemplar(protozero::pbf_reader reader) {
  Exemplar exemplar;
  std::vector<Label> labels;
  while (reader.next()) {
    if (is_field(reader, 1, as_bytes))
      labels.push_back(read_label(reader.get_message()));
    else if (is_field(reader, 2, as_fixed64))
      exemplar.value = reader.get_double();
    else if (is_field(reader, 3, as_varint))
      exemplar.timestamp_ms = reader.get_int64();
    else
      reader.skip();
  }
  exemplar.labels = LabelSet::from(std::move(labels));
  return exemplar;
}

WrittenSeries read_series(protozero::pbf_reader reader) {
  WrittenSeries series;
  while (reader.next()) {
    if (is_field(reader, 1, as_bytes)) {
      series.labels.push_back(read_label(reader.get_message()));
    } else if (is_field(reader, 2, as_bytes)) {
      series.samples.push_back(read_float_sample(reader.get_message()));
    } else if (is_field(reader, 3, as_bytes)) {
      series.exemplars.push_back(read_exemplar(reader.get_message()));
    } else if (is_field(reader, 4, as_bytes)) {
      read_histogram_sample(reader.get_message(), series);
    } else {
      reader.skip();
    }
  }
  return series;
}

std::string type_name(std::int32_t type) {
  const auto index = static_cast<std::size_t>(type);
  return metric_types[type >= 0 && index < metric_types.size() ? index : 0];
}

MetricMetadata read_metadata(protozero::pbf_reader reader) {
  MetricMetadata metadata;
  metadata.type = metric_types[0];
  while (reader.next()) {
    if (is_field(reader, 1, as_varint))
      metadata.type = type_name(reader.get_enum());
    else if (is_field(reader, 2, as_bytes))
      metadata.family = text(reader);
    else if (is_field(reader, 4, as_bytes))
      metadata.help = text(reader);
    else if (is_field(reader, 5, as_bytes))
      metadata.unit = text(reader);
    else
      reader.skip();
  }
  return metadata;
}

}  // namespace

void read_request_series(protozero::pbf_reader series, WriteRequest& request) {
  request.series.push_back(read_series(series));
}

void read_request_field(protozero::pbf_reader& reader, WriteRequest& request) {
  if (is_field(reader, 1, as_bytes))
    read_request_series(reader.get_message(), request);
  else if (is_field(reader, 3, as_bytes))
    request.metadata.push_back(read_metadata(reader.get_message()));
  else
    reader.skip();
}

Result<WriteRequest> decode_remote_write(std::string_view body) {
  WriteRequest request;
  try {
    protozero::pbf_reader reader(body.data(), body.size());
    while (reader.next()) read_request_field(reader, request);
  } catch (const protozero::exception& e) {
    return invalid_argument(std::string("remote write: not a protobuf WriteRequest: ") + e.what());
  }
  return request;
}

}  // namespace sluice::ingest
