// LokiPushHandler: one Loki push, from the request to the answer in Loki's shapes.
#pragma once

#include "base/http/message.h"
#include "base/types/limits.h"
#include "daemon/ingest/ingest_metrics.h"
#include "daemon/ingest/ingestion_rate.h"
#include "daemon/ingest/stream_rate.h"
#include "daemon/ingest/tenant_limits.h"
#include "daemon/storage/store.h"

namespace sluice::ingest {

class LokiPushHandler {
 public:
  LokiPushHandler(storage::Store& store, Clock& clock, Metrics& metrics, TenantLimits limits)
      : store_(store), clock_(clock), metrics_(metrics, "loki"), limits_of_(std::move(limits)) {}
  http::Response handle(http::Request& request);

 private:
  Result<http::Response> push(http::Request& request);
  // What the lines lie in: the request's body, `text`, or what was `sent` in a block.
  struct Decoded {
    std::vector<PushStream> streams;
    std::shared_ptr<const void> text;
    storage::SentText sent;
  };
  Result<Decoded> decode(http::Request& request);
  Result<http::Response> store(storage::LogPush push, const Limits& limits, Rejections rejections,
                               std::size_t entries);
  Error too_much(const Rejections& held) const;
  struct RatesTaken {
    PushSize all;
    std::vector<StreamRate::Taken> streams;
  };
  Result<RatesTaken> take_rates(const storage::LogPush& push, const Limits& limits);
  Result<std::vector<StreamRate::Taken>> take_stream_rates(const storage::LogPush& push,
                                                           const Limits& limits);
  void give_back(const TenantId& tenant, const RatesTaken& taken, const Limits& limits);
  Result<PushSize> take_rate(const TenantId& tenant, const std::vector<PushStream>& streams,
                             const Limits& limits);
  http::Response refused(const Error& error, const storage::LogPush& push);

  storage::Store& store_;
  Clock& clock_;
  IngestMetrics metrics_;
  const TenantLimits limits_of_;
  IngestionRate rate_;
  StreamRate stream_rate_;
};

}  // namespace sluice::ingest
