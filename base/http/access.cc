#include "base/http/access.h"

#include <algorithm>
#include <array>

#include "base/telemetry/log.h"

namespace sluice::http {

namespace {

// Clients choose the method's text; only the known ones may become label values.
std::string method_label(const std::string& method) {
  static constexpr std::array<std::string_view, 7> known{"GET",    "HEAD",  "POST",   "PUT",
                                                         "DELETE", "PATCH", "OPTIONS"};
  return std::find(known.begin(), known.end(), method) != known.end() ? method : "other";
}

}  // namespace

AccessRecorder::AccessRecorder(Metrics& metrics)
    : connections(metrics.gauge("sluice_http_connections", "Open connections.")),
      in_flight(metrics.gauge("sluice_http_in_flight_requests", "Requests being handled.")),
      refused_connections(metrics.counter("sluice_http_refused_connections_total",
                                          "Connections answered 503 because too many were open.")),
      metrics_(metrics),
      bytes_in_(metrics.counter("sluice_http_request_bytes_total",
                                "Request body bytes as received, before decompression.")),
      bytes_out_(metrics.counter("sluice_http_response_bytes_total",
                                 "Response body bytes as sent, after compression.")) {}

void AccessRecorder::record(const AccessRecord& r) {
  const std::string route = r.route.empty() ? "unmatched" : r.route;
  const double seconds = std::chrono::duration<double>(r.took).count();
  metrics_
      .counter("sluice_http_requests_total", "Requests answered.",
               {{"route", route}, {"method", method_label(r.method)},
                {"code", std::to_string(r.status)}})
      .inc();
  metrics_
      .histogram("sluice_http_request_duration_seconds",
                 "Time from a request's head to the end of its response.",
                 Metrics::latency_buckets(), {{"route", route}})
      .observe(seconds);
  bytes_in_.inc(static_cast<double>(r.bytes_in));
  bytes_out_.inc(static_cast<double>(r.bytes_out));
  if (!log_enabled(LogLevel::debug)) return;
  log_debug("request", {{"method", r.method}, {"target", r.target}, {"code", r.status},
                        {"seconds", seconds}, {"in", r.bytes_in}, {"out", r.bytes_out},
                        {"remote", r.remote}, {"token", r.token_name}});
}

}  // namespace sluice::http
