// WriteHandler: one Prometheus remote write, from the request to the answer.
#pragma once

#include "base/codec/compress.h"
#include "base/http/message.h"
#include "base/types/limits.h"
#include "daemon/ingest/flat_write.h"
#include "daemon/ingest/ingest_metrics.h"
#include "daemon/storage/store.h"

namespace sluice::ingest {

class WriteHandler {
 public:
  WriteHandler(storage::Store& store, Clock& clock, Metrics& metrics, const Limits& limits)
      : store_(store), clock_(clock), metrics_(metrics, "remote_write"), limits_(limits) {}
  http::Response handle(http::Request& request);

 private:
  Result<http::Response> write(http::Request& request);
  // Past the tenant's number of series: told and counted.
  void refuse_series(const storage::WriteOutcome& outcome, Rejections& rejections) const;
  Result<RawBytes> decompress(http::Request& request) const;
  // `version`: 1 or 2.
  Result<FlatWrite> decode(int version, std::string_view body) const;

  storage::Store& store_;
  Clock& clock_;
  IngestMetrics metrics_;
  const Limits& limits_;
};

}  // namespace sluice::ingest
