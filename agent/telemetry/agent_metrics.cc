#include "agent/telemetry/agent_metrics.h"

namespace sluice::agent {
namespace {

Counter lost(Metrics& m, const std::string& reason) {
  return m.counter("sluice_agent_lost_bytes_total",
                   "Bytes that vanished from files before they were read.", {{"reason", reason}});
}

}  // namespace

AgentMetrics::AgentMetrics(Metrics& m)
    : sources(m.gauge("sluice_agent_sources", "File generations known.")),
      sources_pending(m.gauge("sluice_agent_sources_pending", "Sources with unread bytes.")),
      open_files(m.gauge("sluice_agent_open_files", "Open descriptors of log files.")),
      unread_bytes(m.gauge("sluice_agent_unread_bytes", "Bytes in files not yet durable.")),
      deleted_held_bytes(
          m.gauge("sluice_agent_deleted_held_bytes", "Unread bytes of deleted files kept open.")),
      rotations(m.counter("sluice_agent_rotations_total", "Paths that changed to another file.")),
      truncations(m.counter("sluice_agent_truncations_total", "Files overwritten in place.")),
      copies_recovered(m.counter("sluice_agent_copies_recovered_total",
                                 "Truncated files whose unread bytes were found in a copy.")),
      long_lines(m.counter("sluice_agent_long_line_parts_total",
                           "Parts of lines longer than max_line_bytes.")),
      read_errors(m.counter("sluice_agent_read_errors_total", "Failed opens and reads.")),
      sweeps(m.counter("sluice_agent_sweeps_total", "Full looks at all globs.")),
      sweeps_truncated(m.counter("sluice_agent_sweeps_truncated_total",
                                 "Sweeps that met max_files; some files are not followed.")),
      watch_overflows(m.counter("sluice_agent_watch_overflows_total",
                                "Overflows of the kernel's notification queue.")),
      checkpoint_saves(m.counter("sluice_agent_checkpoint_saves_total", "Checkpoints written.")),
      checkpoint_errors(m.counter("sluice_agent_checkpoint_errors_total",
                                  "Checkpoints that could not be written.")),
      checkpoint_lost(m.counter("sluice_agent_checkpoint_lost_total",
                                "Starts without any valid checkpoint where one had been.")),
      lost_overwritten(lost(m, "overwritten")),
      lost_deleted(lost(m, "deleted")),
      lost_abandoned(lost(m, "abandoned")),
      quarantined_bytes(
          m.counter("sluice_agent_quarantined_bytes_total", "Bytes of lines the server rejected.")),
      quarantined_lines(
          m.counter("sluice_agent_quarantined_lines_total", "Lines the server rejected.")),
      quarantine_dropped_bytes(m.counter("sluice_agent_quarantine_dropped_bytes_total",
                                         "Rejected bytes beyond quarantine.max_bytes.")),
      lines(m.counter("sluice_agent_lines_total", "Lines acknowledged by the server.")),
      bytes(m.counter("sluice_agent_bytes_total", "Bytes of files acknowledged.")),
      pushes(m.counter("sluice_agent_pushes_total", "Pushes answered, whatever the answer.")),
      push_retries(m.counter("sluice_agent_push_retries_total", "Pushes to be tried again.")),
      push_rejected(m.counter("sluice_agent_push_rejected_total", "Pushes refused for good.")),
      go_backs(m.counter("sluice_agent_go_backs_total", "Times the server asked to go back.")),
      skipped_ahead_bytes(
          m.counter("sluice_agent_skipped_ahead_bytes_total", "Bytes the server had already.")),
      server_up(m.gauge("sluice_agent_server_up", "1 if the last push got through.")),
      push_seconds(m.histogram("sluice_agent_push_duration_seconds", "Time of a push.",
                               Metrics::latency_buckets())),
      samples(m.counter("sluice_agent_samples_total", "Samples acknowledged.")),
      samples_dropped(m.counter("sluice_agent_samples_dropped_total",
                                "Samples dropped because the queue was full.")),
      samples_rejected(
          m.counter("sluice_agent_samples_rejected_total", "Samples the server refused.")),
      write_retries(m.counter("sluice_agent_write_retries_total", "Remote writes tried again.")) {}

}  // namespace sluice::agent
