#include "daemon/ingest/ingest_metrics.h"

namespace sluice::ingest {

IngestMetrics::IngestMetrics(Metrics& metrics, std::string protocol)
    : requests(metrics.counter("sluice_ingest_requests_total", "Push and write requests.",
                               {{"protocol", protocol}})),
      bytes(metrics.counter("sluice_ingest_bytes_total", "Bytes of decompressed request bodies.",
                            {{"protocol", protocol}})),
      items(metrics.counter("sluice_ingest_items_total",
                            "Log entries or samples accepted, re-sent ones included.",
                            {{"protocol", protocol}})),
      invalid(metrics.counter("sluice_ingest_invalid_requests_total",
                              "Requests that did not decode.", {{"protocol", protocol}})),
      metrics_(metrics),
      protocol_(std::move(protocol)) {}

void IngestMetrics::count(const Rejections& rejections) const {
  for (const auto& [reason, refused] : rejections.counts()) count_refused(reason, refused);
}

void IngestMetrics::count_refused(const std::string& reason, std::size_t refused) const {
  ingest::count_refused(metrics_, protocol_, reason, refused);
}

void count_refused(Metrics& metrics, const std::string& protocol, const std::string& reason,
                   std::size_t items) {
  metrics
      .counter("sluice_ingest_rejected_items_total", "Log entries or samples refused.",
               {{"protocol", protocol}, {"reason", reason}})
      .inc(static_cast<double>(items));
}

void IngestMetrics::count(const LongLines& lines) const {
  for (const auto& [action, count] :
       {std::pair{"split", lines.split}, {"truncated", lines.truncated}}) {
    if (count == 0) continue;
    metrics_
        .counter("sluice_ingest_long_lines_total", "Lines longer than limits.line_bytes.",
                 {{"protocol", protocol_}, {"action", action}})
        .inc(static_cast<double>(count));
  }
}

void IngestMetrics::count(const SkippedExemplars& skipped) const {
  for (const auto& [reason, count] : {std::pair{"refused_series", skipped.refused_series},
                                      {"invalid", skipped.invalid},
                                      {"out_of_bounds", skipped.out_of_bounds}}) {
    if (count == 0) continue;
    metrics_
        .counter("sluice_ingest_skipped_total", "Items left out without a word to the sender.",
                 {{"protocol", protocol_}, {"kind", "exemplar"}, {"reason", reason}})
        .inc(static_cast<double>(count));
  }
}

}  // namespace sluice::ingest
