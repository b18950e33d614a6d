#include "base/scrape/report.h"

#include <array>

namespace sluice::scrape {

namespace {

constexpr std::array<std::string_view, report_samples> report_names = {
    "up", "scrape_duration_seconds", "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling", "scrape_series_added"};

LabelSet report_labels(std::string_view name, const LabelSet& target) {
  return merge_labels(LabelSet{{std::string(metric_name_label), std::string(name)}}, target, false);
}

}  // namespace

void append_report(const ScrapeReport& report, const LabelSet& target_labels, std::int64_t now_ms,
                   std::vector<SeriesSamples>& out) {
  const std::array<double, report_samples> values = {
      report.up ? 1.0 : 0.0, report.seconds, static_cast<double>(report.tally.scraped),
      static_cast<double>(report.tally.added), static_cast<double>(report.tally.series_added)};
  for (std::size_t i = 0; i < report_samples; ++i)
    out.push_back({report_labels(report_names[i], target_labels), {{now_ms, values[i]}}});
}

void append_report_end(const LabelSet& target_labels, std::int64_t now_ms,
                       std::vector<SeriesSamples>& out) {
  for (const auto name : report_names)
    out.push_back(stale_sample(report_labels(name, target_labels), now_ms));
}

}  // namespace sluice::scrape
