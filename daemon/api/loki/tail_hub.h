// TailHub: connects pushes to the tails that are open.
//
// Subscribes to the store once, when the first tail opens. One thread runs the pipelines of all
// distinct queries, so a tail costs the committing thread a comparison of labels and a copy of the
// lines that match. Safe from any thread; the listener never calls back into the store.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/telemetry/metrics.h"
#include "base/types/per_tenant.h"
#include "daemon/api/loki/tail_listener.h"
#include "daemon/storage/store.h"

namespace sluice::api::loki {

struct TailRequest {
  TenantId tenant;
  const query::Expr& expr;  // a log query
  Duration delay{0};
  bool categorize = false;
  bool legacy = false;  // frames as before Loki 1.0
  bool levels = false;  // as in TailQuery::make
};

class TailHub {
 public:
  using Listen = std::function<std::uint64_t(storage::PushListener)>;
  using Unlisten = std::function<void(std::uint64_t)>;

  TailHub(Listen listen, Unlisten unlisten, PerTenant<std::size_t> max_tails, Metrics& metrics);
  ~TailHub();  // closes what is open
  TailHub(const TailHub&) = delete;
  TailHub& operator=(const TailHub&) = delete;

  // The listener gets what is pushed from now on, held back until begin().
  // Error(limit_exceeded): the tenant has too many open.
  Result<std::shared_ptr<TailListener>> open(const TailRequest& request,
                                             std::shared_ptr<http::WebSocket> socket);
  // The history was read: send it and what came meanwhile, and go on live.
  void begin(const std::shared_ptr<TailListener>& listener, const query::Streams& history);
  void close(const std::shared_ptr<TailListener>& listener);

 private:
  struct Tail {
    TenantId tenant;
    TailQuery query;
    std::vector<std::shared_ptr<TailListener>> listeners;
  };
  using TailPtr = std::shared_ptr<Tail>;

  void listen_once();
  void count(const TenantId& tenant, int change);
  void on_push(const TenantId& tenant, const std::vector<PushStream>& streams);
  void run(std::stop_token stop);
  std::optional<TailQuery::SteadyTime> next_due() const;
  struct Work {
    TailPtr tail;
    TailQuery::Due due;
    std::vector<std::shared_ptr<TailListener>> listeners;
  };
  std::vector<Work> take_work();

  Listen listen_;
  Unlisten unlisten_;
  const PerTenant<std::size_t> max_tails_;
  Gauge open_tails_;
  Counter dropped_;
  std::once_flag listening_;
  std::optional<std::uint64_t> handle_;

  mutable std::mutex mutex_;
  // Protected by mutex_:
  std::map<std::string, TailPtr> tails_;  // by what makes queries distinct
  std::map<TenantId, std::size_t> counts_;  // of tenants that have some open
  std::size_t count_ = 0;                   // of all
  std::condition_variable_any changed_;

  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace sluice::api::loki
