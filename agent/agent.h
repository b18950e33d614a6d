// Agent: wires the tailer, the shippers, the host metrics and the agent's own HTTP endpoint.
//
//   tailer thread --batches--> shipper threads --HTTP--> server
//         ^------- outcomes ---------'
//   collector thread --samples--> remote writer thread --HTTP--> server
//
// start() returns at once; stop() sends what is there, saves the checkpoint and joins everything.
// reload() and stop() are called by one thread.
#pragma once

#include <functional>
#include <memory>

#include "agent/config/options.h"
#include "base/types/result.h"

namespace sluice::agent {

class Agent {
 public:
  // Opens the state directory and reads the checkpoint. Error: not writable, in use, bad token
  // file, address in use.
  static Result<std::unique_ptr<Agent>> create(AgentOptions options);
  virtual ~Agent() = default;

  // `on_done` is called once, from the tailer's thread, when a run with `once` is complete.
  virtual Result<void> start(std::function<void()> on_done) = 0;
  // New file groups, labels, server, token; what cannot change while running is named in the log.
  virtual Result<void> reload(const AgentOptions& options) = 0;
  virtual void stop() = 0;
  virtual std::uint16_t http_port() const = 0;  // 0: none
};

}  // namespace sluice::agent
