// Scraped bodies: whatever a target answers, the samples have valid labels, the tally adds up, and
// everything that was live ends when the scrape fails.
#include "base/scrape/exposition.h"

#include "base/scrape/scrape_body.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;
using namespace sluice::scrape;

constexpr std::int64_t now_ms = 1'768'046'400'000;

void check_sample(const SeriesSamples& series, const LabelSet& target) {
  fuzz::require(series.samples.size() == 1, "one sample per series and scrape");
  fuzz::require(series.labels.has(metric_name_label), "series have a name");
  fuzz::require(valid_series_labels(NameScheme::utf8, series.labels), "labels are valid");
  for (const Label& label : target)
    fuzz::require(series.labels.get(label.name) == label.value, "the target's labels win");
}

void check_exemplars(const ScrapedBody& body) {
  auto series = body.series.begin();
  for (const SeriesExemplars& one : body.exemplars) {
    while (series != body.series.end() && series->labels != one.series) ++series;
    fuzz::require(series != body.series.end(), "exemplars come in the order of their series");
    for (const Exemplar& exemplar : one.exemplars)
      fuzz::require(valid_exemplar(exemplar), "exemplars keep the rules");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::FuzzInput input(data, size);
  constexpr ExpositionFormat formats[] = {ExpositionFormat::text, ExpositionFormat::openmetrics,
                                          ExpositionFormat::protobuf};
  const auto format = formats[input.below(3)];
  const std::string_view body = input.rest();
  JobConfig job;
  job.native_histograms = job.classic_histograms = true;
  const Relabeler none;
  const LabelSet target{{"instance", "i"}, {"job", "j"}};
  const Bounds bounds;
  SeriesCache cache;
  const BodyContext context{job, none, target, bounds};
  const auto first = scrape_body(body, format, now_ms, context, cache);
  for (const auto& series : first.series) check_sample(series, target);
  check_exemplars(first);
  fuzz::require(first.tally.added <= first.tally.scraped, "relabelling only removes");
  const auto again = scrape_body(body, format, now_ms, context, cache);
  fuzz::require(again.error.has_value() == first.error.has_value(), "read alike twice");
  fuzz::require(again.series.size() == first.series.size(), "the same samples again");
  fuzz::require(again.descriptions == first.descriptions || first.error.has_value(),
                "the same about families");
  const auto gone = end_all_series(now_ms, cache);
  fuzz::require(gone.size() <= again.series.size(), "only what was live ends");
  fuzz::require(end_all_series(now_ms, cache).empty(), "series end once");
  return 0;
}
