// AccessRecorder: the server's own metrics and its debug-level access log.
#pragma once

#include <chrono>
#include <string>

#include "base/telemetry/metrics.h"

namespace sluice::http {

// One answered request.
struct AccessRecord {
  std::string method;
  std::string route;   // the pattern, never the path: labels must stay few
  std::string target;
  std::string remote;
  std::string token_name;
  int status = 0;
  std::size_t bytes_in = 0;   // body as it came over the wire
  std::size_t bytes_out = 0;  // body as sent
  std::chrono::steady_clock::duration took{};
};

// Thread-safe.
class AccessRecorder {
 public:
  explicit AccessRecorder(Metrics& metrics);
  void record(const AccessRecord& record);
  Gauge connections;
  Gauge in_flight;
  Counter refused_connections;

 private:
  Metrics& metrics_;
  Counter bytes_in_;
  Counter bytes_out_;
};

}  // namespace sluice::http
