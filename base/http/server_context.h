// What all connections of one server share. Thread-safe; outlives every connection and handler.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "base/http/access.h"
#include "base/http/byte_budget.h"
#include "base/http/server.h"
#include "base/http/tls_context.h"
#include "base/runtime/io_runtime.h"

namespace sluice::http {

// Counts exchanges, so that the server can wait until the last one is gone. What a handler left in
// one (a stream over a store, say) refers to things that end after the server.
class OpenExchanges {
 public:
  void enter();
  void leave();
  void wait() const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable idle_;
  std::size_t count_ = 0;  // protected by mutex_
};

// Replaced as a whole by a reload.
struct Security {
  std::shared_ptr<const Authenticator> authenticator;
  TlsContext tls;  // null: plain
};

class ServerContext {
 public:
  ServerContext(IoRuntime& runtime_, const Router& router_, Metrics& metrics,
                ServerOptions options_)
      : runtime(runtime_),
        router(router_),
        options(std::move(options_)),
        access(metrics),
        budget(options.max_body_bytes_in_flight) {}

  IoRuntime& runtime;
  const Router& router;
  const ServerOptions options;
  AccessRecorder access;
  ByteBudget budget;
  OpenExchanges exchanges;
  std::atomic<bool> draining{false};

  Security security() const;
  void set_security(Security security);

 private:
  mutable std::mutex mutex_;
  Security security_;  // protected by mutex_
};

}  // namespace sluice::http
