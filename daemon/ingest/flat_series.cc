#include "daemon/ingest/flat_series.h"

#include "base/types/utf8.h"

namespace sluice::ingest {

FlatSeries::FlatSeries(const Limits& limits, Timestamp now, DecodeBudget& budget,
                       storage::SampleWrite& out)
    : limits_(limits),
      budget_(budget),
      before_(budget),
      latest_ms_(unix_ms(to_ms(now + limits.future))),
      oldest_ms_(limits.oldest.count() > 0 ? unix_ms(to_ms(now - limits.oldest)) : INT64_MIN),
      out_(out) {}

void FlatSeries::begin() {
  before_ = budget_;
  budget_.take_element<storage::SampleWrite::Series>();
  series_.first_label = static_cast<std::uint32_t>(out_.labels.size());
  series_.first_sample = static_cast<std::uint32_t>(out_.samples.size());
}

void FlatSeries::add_label(std::string_view name, std::string_view value) {
  budget_.take_element<storage::LabelView>();
  out_.labels.push_back({name, value});
}

bool FlatSeries::add_sample(protozero::pbf_reader reader) {
  const Sample sample = read_float_sample(reader);
  budget_.take_item();
  budget_.take_element<Sample>();
  out_.samples.push_back(sample);
  return oldest_ms_ <= sample.timestamp_ms && sample.timestamp_ms <= latest_ms_;
}

bool FlatSeries::sound_labels() {
  const std::size_t count = out_.labels.size() - series_.first_label;
  if (count == 0 || count > limits_.labels_per_series) return false;
  bool named = false;
  for (std::size_t i = series_.first_label; i < out_.labels.size(); ++i) {
    const auto& [name, value] = out_.labels[i];
    if (i > series_.first_label && out_.labels[i - 1].name >= name) return false;
    if (value.empty() || value.size() > limits_.label_value_bytes) return false;
    if (name.size() > limits_.label_name_bytes || !valid_label_name(name)) return false;
    if (name != metric_name_label) continue;
    named = valid_metric_name(value);
    name_ = value;
  }
  return named;
}

void FlatSeries::give_up() {
  out_.labels.resize(series_.first_label);
  out_.samples.resize(series_.first_sample);
  budget_ = before_;
}

bool FlatSeries::finish() {
  if (!sound_labels()) {
    give_up();
    return false;
  }
  series_.labels = static_cast<std::uint32_t>(out_.labels.size()) - series_.first_label;
  series_.samples = static_cast<std::uint32_t>(out_.samples.size()) - series_.first_sample;
  if (series_.samples > 0)
    out_.series.push_back(series_);
  else
    out_.labels.resize(series_.first_label);
  return true;
}

}  // namespace sluice::ingest
