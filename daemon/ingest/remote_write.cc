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

void add_label(protozero::pbf_reader reader, std::vector<Label>& labels, DecodeBudget& budget) {
  budget.take_element<Label>(reader.length());
  labels.push_back(read_label(reader));
}

Exemplar read_exemplar(protozero::pbf_reader reader, DecodeBudget& budget) {
  Exemplar exemplar;
  std::vector<Label> labels;
  budget.take_item();
  budget.take_element<Exemplar>();
  while (reader.next()) {
    if (is_field(reader, 1, as_bytes))
      add_label(reader.get_message(), labels, budget);
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

WrittenSeries read_series(protozero::pbf_reader reader, DecodeBudget& budget) {
  WrittenSeries series;
  budget.take_element<WrittenSeries>();
  while (reader.next()) {
    if (is_field(reader, 1, as_bytes)) {
      add_label(reader.get_message(), series.labels, budget);
    } else if (is_field(reader, 2, as_bytes)) {
      add_float_sample(reader.get_message(), series, budget);
    } else if (is_field(reader, 3, as_bytes)) {
      series.exemplars.push_back(read_exemplar(reader.get_message(), budget));
    } else if (is_field(reader, 4, as_bytes)) {
      add_histogram_sample(reader.get_message(), series, budget);
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

void read_request_series(protozero::pbf_reader series, WriteRequest& request,
                         DecodeBudget& budget) {
  request.series.push_back(read_series(series, budget));
}

void read_request_field(protozero::pbf_reader& reader, WriteRequest& request,
                        DecodeBudget& budget) {
  if (is_field(reader, 1, as_bytes)) {
    read_request_series(reader.get_message(), request, budget);
  } else if (is_field(reader, 3, as_bytes)) {
    const auto metadata = reader.get_message();
    budget.take_element<MetricMetadata>(metadata.length());
    request.metadata.push_back(read_metadata(metadata));
  } else {
    reader.skip();
  }
}

}  // namespace sluice::ingest
