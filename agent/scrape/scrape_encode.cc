#include "agent/scrape/scrape_encode.h"

#include <algorithm>
#include <array>
#include <protozero/pbf_writer.hpp>

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

void write_label(protozero::pbf_writer& series, const Label& label) {
  protozero::pbf_writer pair(series, 1);
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

void write_scraped_series(protozero::pbf_writer& request, const SeriesSamples& scraped,
                          const LabelSet& external) {
  protozero::pbf_writer series(request, 1);
  write_labels(series, scraped.labels, external);
  for (const Sample& sample : scraped.samples) {
    protozero::pbf_writer message(series, 2);
    message.add_double(1, sample.value);
    message.add_int64(2, sample.timestamp_ms);
  }
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
  std::vector<WriteBody> bodies;
  for (std::size_t at = 0; at < write.series.size(); at += series_per_body) {
    WriteBody body;
    protozero::pbf_writer request(body.protobuf);
    const std::size_t end = std::min(at + series_per_body, write.series.size());
    for (std::size_t i = at; i < end; ++i) {
      write_scraped_series(request, write.series[i], external);
      body.samples += write.series[i].samples.size();
    }
    if (at == 0)
      for (const auto& family : write.metadata) write_scraped_metadata(request, family);
    bodies.push_back(std::move(body));
  }
  return bodies;
}

}  // namespace sluice::agent
