// Metrics of ingest, per protocol: "loki" or "remote_write".
#pragma once

#include <string>

#include "base/telemetry/metrics.h"
#include "daemon/ingest/long_lines.h"
#include "daemon/ingest/rejections.h"
#include "daemon/ingest/validate_samples.h"

namespace sluice::ingest {

class IngestMetrics {
 public:
  IngestMetrics(Metrics& metrics, std::string protocol);

  Counter requests;
  Counter bytes;    // of decompressed bodies
  Counter items;    // entries or samples accepted
  Counter invalid;  // requests refused as a whole
  void count(const Rejections& rejections) const;
  void count(const LongLines& lines) const;
  void count_refused(const std::string& reason, std::size_t items) const;
  void count(const SkippedExemplars& skipped) const;

 private:
  Metrics& metrics_;
  const std::string protocol_;
};

void count_refused(Metrics& metrics, const std::string& protocol, const std::string& reason,
                   std::size_t items);

}  // namespace sluice::ingest
