#include "daemon/ingest/flat_write.h"

#include "daemon/ingest/remote_write_fields.h"

namespace sluice::ingest {

namespace {

std::string_view view_of(protozero::pbf_reader& reader) {
  const auto view = reader.get_view();
  return {view.data(), view.size()};
}

class FlatReader {
 public:
  FlatReader(const Limits& limits, Timestamp now, DecodeBudget& budget, storage::SampleWrite& out)
      : limits_(limits),
        budget_(budget),
        latest_ms_(unix_ms(to_ms(now + limits.future))),
        oldest_ms_(limits.oldest.count() > 0 ? unix_ms(to_ms(now - limits.oldest)) : INT64_MIN),
        out_(out) {}

  // False, and nothing taken, if the series has to go the long way.
  bool take(protozero::pbf_reader reader) {
    const DecodeBudget before = budget_;
    budget_.take_element<storage::SampleWrite::Series>();
    storage::SampleWrite::Series series;
    series.first_label = static_cast<std::uint32_t>(out_.labels.size());
    series.first_sample = static_cast<std::uint32_t>(out_.samples.size());
    if (!read(reader) || !sound_labels(series.first_label)) {
      out_.labels.resize(series.first_label);
      out_.samples.resize(series.first_sample);
      budget_ = before;
      return false;
    }
    series.labels = static_cast<std::uint32_t>(out_.labels.size()) - series.first_label;
    series.samples = static_cast<std::uint32_t>(out_.samples.size()) - series.first_sample;
    if (series.samples > 0)
      out_.series.push_back(series);
    else
      out_.labels.resize(series.first_label);
    return true;
  }

 private:
  bool read(protozero::pbf_reader& reader) {
    while (reader.next()) {
      if (is_field(reader, 1, as_bytes))
        read_label(reader.get_message());
      else if (!is_field(reader, 2, as_bytes) || !read_sample(reader.get_message()))
        return false;
    }
    return true;
  }
  void read_label(protozero::pbf_reader reader) {
    storage::LabelView label;
    budget_.take_element<storage::LabelView>();
    while (reader.next()) {
      if (is_field(reader, 1, as_bytes))
        label.name = view_of(reader);
      else if (is_field(reader, 2, as_bytes))
        label.value = view_of(reader);
      else
        reader.skip();
    }
    out_.labels.push_back(label);
  }
  bool read_sample(protozero::pbf_reader reader) {
    const Sample sample = read_float_sample(reader);
    budget_.take_item();
    budget_.take_element<Sample>();
    out_.samples.push_back(sample);
    return oldest_ms_ <= sample.timestamp_ms && sample.timestamp_ms <= latest_ms_;
  }
  // What validate_samples() would pass without a change.
  bool sound_labels(std::size_t first) const {
    const std::size_t count = out_.labels.size() - first;
    if (count == 0 || count > limits_.labels_per_series) return false;
    bool named = false;
    for (std::size_t i = first; i < out_.labels.size(); ++i) {
      const auto& [name, value] = out_.labels[i];
      if (i > first && out_.labels[i - 1].name >= name) return false;
      if (value.empty() || value.size() > limits_.label_value_bytes) return false;
      if (name.size() > limits_.label_name_bytes || !valid_label_name(name)) return false;
      if (name == metric_name_label) named = valid_metric_name(value);
    }
    return named;
  }

  const Limits& limits_;
  DecodeBudget& budget_;
  const std::int64_t latest_ms_;
  const std::int64_t oldest_ms_;
  storage::SampleWrite& out_;
};

}  // namespace

Result<FlatWrite> decode_flat_write(std::string_view body, const Limits& limits, Timestamp now) {
  return catching("WriteRequest", [&]() -> Result<FlatWrite> {
    FlatWrite write;
    DecodeBudget budget(body.size(), limits);
    FlatReader flat(limits, now, budget, write.samples);
    protozero::pbf_reader reader(body.data(), body.size());
    while (reader.next()) {
      if (!is_field(reader, 1, as_bytes)) {
        read_request_field(reader, write.rest, budget);
        continue;
      }
      const protozero::pbf_reader series(reader.get_message());
      if (!flat.take(series)) read_request_series(series, write.rest, budget);
    }
    return write;
  });
}

}  // namespace sluice::ingest
