// Daemon: sluiced as an object. Starts the parts in order, stops them in reverse.
//
// config -> store (recovers) -> rules state -> API -> ready; a test can run one on port 0.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/types/result.h"
#include "base/types/time.h"
#include "daemon/server/options.h"

namespace sluice::server {

class Daemon {
 public:
  // `reload_options` gives the options anew for SIGHUP and /-/reload.
  static Result<std::unique_ptr<Daemon>> start(
      DaemonOptions options, Clock& clock, std::function<Result<DaemonOptions>()> reload_options);
  virtual ~Daemon() = default;
  virtual std::uint16_t port() const = 0;
  // Applies what can be applied to a running daemon. On an Error the old configuration stays.
  virtual Result<void> reload() = 0;
  // Drains and closes everything; blocks. Idempotent.
  virtual void stop() = 0;
};

}  // namespace sluice::server
