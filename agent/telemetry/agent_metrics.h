// The agent's own metrics, sluice_agent_*: what was read, shipped, delayed, rejected and lost.
//
// Handles into a Metrics; safe from any thread. Every way in which a byte can fail to arrive has a
// counter here, so that "nothing was lost" is a number and not a hope.
#pragma once

#include <string>

#include "base/telemetry/metrics.h"

namespace sluice::agent {

struct AgentMetrics {
  explicit AgentMetrics(Metrics& metrics);

  // Reading.
  Gauge sources;          // file generations known
  Gauge sources_pending;  // of them, with unread bytes
  Gauge open_files;
  Gauge unread_bytes;        // seen in files and not yet durable
  Gauge deleted_held_bytes;  // unread bytes of deleted files
  Counter rotations;
  Counter truncations;
  Counter copies_recovered;  // unread bytes of a truncated file found in its copy
  Counter long_lines;        // parts of lines cut at max_line_bytes
  Counter read_errors;
  Counter sweeps;
  Counter sweeps_truncated;  // stopped at the limit of files
  Counter watch_overflows;
  Counter checkpoint_saves;
  Counter checkpoint_errors;
  Counter checkpoint_lost;
  // Loss, each in bytes.
  Counter lost_overwritten;
  Counter lost_deleted;
  Counter lost_abandoned;  // deleted_hold_bytes used up
  Counter quarantined_bytes;
  Counter quarantined_lines;
  Counter quarantine_dropped_bytes;  // rejected and beyond what the quarantine file holds
  // Shipping.
  Counter lines;  // acknowledged
  Counter bytes;  // acknowledged, of the files
  Counter pushes;
  Counter push_retries;
  Counter push_rejected;
  Counter go_backs;
  Counter skipped_ahead_bytes;  // the server had them already
  Gauge server_up;
  Histogram push_seconds;
  // Host metrics.
  Counter samples;
  Counter samples_dropped;  // queue full, oldest dropped
  Counter samples_rejected;
  Counter write_retries;
};

}  // namespace sluice::agent
