#include "base/scrape/protobuf_exemplar.h"

#include <algorithm>

#include "base/wire/protobuf_field.h"

namespace sluice::scrape {

namespace {

// More have more characters than an exemplar may; they only must not fill the memory.
constexpr std::size_t exemplar_labels_max = 128;

// google.protobuf.Timestamp in milliseconds. Times that do not fit become the last that does.
std::int64_t read_timestamp(protozero::pbf_reader reader) {
  constexpr std::int64_t seconds_max = INT64_MAX / 1'000 - 1;
  std::int64_t seconds = 0;
  std::int64_t nanoseconds = 0;
  while (reader.next()) {
    if (is_field(reader, 1, as_varint))
      seconds = std::clamp(reader.get_int64(), -seconds_max, seconds_max);
    else if (is_field(reader, 2, as_varint))
      nanoseconds = std::clamp(reader.get_int32(), 0, 999'999'999);
    else
      reader.skip();
  }
  return seconds * 1'000 + nanoseconds / 1'000'000;
}

}  // namespace

Label read_label_pair(protozero::pbf_reader reader) {
  Label label;
  while (reader.next()) {
    if (is_field(reader, 1, as_bytes))
      label.name = reader.get_string();
    else if (is_field(reader, 2, as_bytes))
      label.value = reader.get_string();
    else
      reader.skip();
  }
  return label;
}

ExposedExemplar read_exposed_exemplar(protozero::pbf_reader reader) {
  ExposedExemplar exemplar;
  std::vector<Label> labels;
  while (reader.next()) {
    if (is_field(reader, 1, as_bytes)) {
      auto label = read_label_pair(reader.get_message());
      if (labels.size() < exemplar_labels_max) labels.push_back(std::move(label));
    } else if (is_field(reader, 2, as_fixed64)) {
      exemplar.value = reader.get_double();
    } else if (is_field(reader, 3, as_bytes)) {
      exemplar.timestamp_ms = read_timestamp(reader.get_message());
    } else {
      reader.skip();
    }
  }
  exemplar.labels = LabelSet::from(std::move(labels));
  return exemplar;
}

}  // namespace sluice::scrape
