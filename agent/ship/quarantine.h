// Quarantine: keeps rejected lines in a bounded file (docs/format/agent-quarantine.md).
//
// Used by the tailer's thread only. A file that cannot be written is logged and counted; it never
// stops the shipping.
#pragma once

#include <string>

#include "agent/batch/batch.h"
#include "agent/telemetry/agent_metrics.h"

namespace sluice::agent {

class Quarantine {
 public:
  Quarantine(const std::string& directory, std::uint64_t max_bytes, AgentMetrics& metrics);
  void add(const Batch& batch, const std::string& path, const Outcome& outcome, Timestamp now);

 private:
  void rotate();

  std::string path_;
  std::uint64_t max_bytes_;
  AgentMetrics& metrics_;
};

}  // namespace sluice::agent
