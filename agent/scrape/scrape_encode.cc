#include "agent/scrape/scrape_encode.h"

#include <algorithm>
#include <array>
#include <protozero/pbf_writer.hpp>

#include "agent/ship/write_bodies.h"

namespace sluice::agent {
namespace {

// prometheus.MetricMetadata.MetricType, by number.
constexpr std::array<std::string_view, 8> scraped_types = {
    "unknown", "counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset"};

std::int32_t type_number(const std::string& type) {
  const auto found = std::find(scraped_types.begin(), scraped_types.end(), type);
  return found == scraped_types.end() ? 0
                                      : static_cast<std::int32_t>(found - scraped_types.begin());
}

// Labels are field 1 of series and exemplars alike.
void write_label(protozero::pbf_writer& message, const Label& label) {
  protozero::pbf_writer pair(message, 1);
  pair.add_string(1, label.name);
  pair.add_string(2, label.value);
}

// Both sorted, and so is what is written.
void write_labels(protozero::pbf_writer& series, const LabelSet& labels, const LabelSet& external) {
  auto own = labels.begin();
  for (const Label& label : external) {
    while (own != labels.end() && own->name < label.name) write_label(series, *own++);
    if (own == labels.end() || own->name != label.name) write_label(series, label);
  }
  while (own != labels.end()) write_label(series, *own++);
}

// Each run of neighbours is a span, whose offset counts from the end of the one before.
void write_side(protozero::pbf_writer& message, const HistogramBuckets& buckets,
                protozero::pbf_tag_type spans, protozero::pbf_tag_type counts) {
  std::int32_t next = 0;
  std::vector<double> values;
  for (std::size_t i = 0; i < buckets.size();) {
    std::size_t end = i + 1;
    while (end < buckets.size() && buckets[end].index == buckets[end - 1].index + 1) ++end;
    protozero::pbf_writer span(message, spans);
    span.add_sint32(1, buckets[i].index - next);
    span.add_uint32(2, static_cast<std::uint32_t>(end - i));
    for (; i < end; ++i) values.push_back(buckets[i].count);
    next = buckets[end - 1].index + 1;
  }
  if (!values.empty()) message.add_packed_double(counts, values.begin(), values.end());
}

// prometheus.Histogram with counts as floats.
void write_histogram(protozero::pbf_writer& series, const NativeHistogram& histogram,
                     std::int64_t timestamp_ms) {
  protozero::pbf_writer message(series, 4);
  message.add_double(2, histogram.count);
  message.add_double(3, histogram.sum);
  message.add_sint32(4, histogram.schema);
  message.add_double(5, histogram.zero_threshold);
  message.add_double(7, histogram.zero_count);
  write_side(message, histogram.negative, 8, 10);
  write_side(message, histogram.positive, 11, 13);
  message.add_enum(14, static_cast<std::int32_t>(histogram.hint));
  message.add_int64(15, timestamp_ms);
}

void write_exemplar(protozero::pbf_writer& series, const Exemplar& exemplar) {
  protozero::pbf_writer message(series, 3);
  for (const Label& label : exemplar.labels) write_label(message, label);
  message.add_double(2, exemplar.value);
  message.add_int64(3, exemplar.timestamp_ms);
}

// `exemplars`: of this series; may be null.
void write_scraped_series(protozero::pbf_writer& request, const SeriesSamples& scraped,
                          const SeriesExemplars* exemplars, const LabelSet& external) {
  protozero::pbf_writer series(request, 1);
  write_labels(series, scraped.labels, external);
  for (const Sample& sample : scraped.samples) {
    if (is_histogram(sample.value)) {
      write_histogram(series, *scraped.histograms[histogram_place(sample.value)],
                      sample.timestamp_ms);
      continue;
    }
    protozero::pbf_writer message(series, 2);
    message.add_double(1, sample.value);
    message.add_int64(2, sample.timestamp_ms);
  }
  if (!exemplars) return;
  for (const Exemplar& exemplar : exemplars->exemplars) write_exemplar(series, exemplar);
}

void write_scraped_metadata(protozero::pbf_writer& request, const MetricMetadata& family) {
  protozero::pbf_writer metadata(request, 3);
  metadata.add_enum(1, type_number(family.type));
  metadata.add_string(2, family.family);
  metadata.add_string(4, family.help);
  if (!family.unit.empty()) metadata.add_string(5, family.unit);
}

}  // namespace

std::vector<WriteBody> encode_scrape(const scrape::ScrapeWrite& write, const LabelSet& external) {
  WriteBodies bodies;
  auto exemplars = write.exemplars.begin();  // in the order of the series
  for (const SeriesSamples& series : write.series) {
    const bool has = exemplars != write.exemplars.end() && exemplars->series == series.labels;
    const SeriesExemplars* own = has ? &*exemplars++ : nullptr;
    bodies.add(series.samples.size(), [&](protozero::pbf_writer& request) {
      write_scraped_series(request, series, own, external);
    });
  }
  for (const MetricMetadata& family : write.metadata)
    bodies.add(0, [&](protozero::pbf_writer& request) { write_scraped_metadata(request, family); });
  return bodies.take();
}

}  // namespace sluice::agent
