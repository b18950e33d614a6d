#include "daemon/storage/storage_metrics.h"

namespace sluice::storage {

StorageMetrics::StorageMetrics(Metrics& m)
    : pushes(m.counter("sluice_storage_pushes_total", "Log pushes made durable.")),
      entries(m.counter("sluice_storage_entries_total", "Log entries made durable.")),
      duplicates(m.counter("sluice_storage_duplicate_entries_total",
                           "Entries of re-sent batches that were durable already.")),
      lost_bytes(m.counter("sluice_storage_lost_source_bytes_total",
                           "Bytes of sources that agents declared lost.")),
      head_full(m.counter("sluice_storage_head_full_total",
                          "Pushes refused because unsealed lines fill their memory.")),
      no_space(
          m.counter("sluice_storage_no_space_total", "Writes refused for lack of disk space.")),
      corrupt(m.counter("sluice_storage_corrupt_total",
                        "Stored values that failed their check and were skipped.")),
      seals(m.counter("sluice_storage_seals_total", "Seals of log heads into parts.")),
      seal_failures(m.counter("sluice_storage_seal_failures_total", "Seals that failed.")),
      merges(m.counter("sluice_storage_merges_total", "Merges of log parts.")),
      parts_dropped(m.counter("sluice_storage_parts_dropped_total", "Parts dropped by retention.")),
      cap_dropped_parts(m.counter("sluice_storage_cap_dropped_parts_total",
                                  "Log parts dropped because all take more than max_bytes.")),
      cap_dropped_bytes(m.counter("sluice_storage_cap_dropped_bytes_total",
                                  "Bytes of the parts dropped because of max_bytes.")),
      deleted_rows(m.counter("sluice_storage_deleted_rows_total",
                             "Rows that merges dropped: deleted, or past a stream's retention.")),
      samples(m.counter("sluice_storage_samples_total", "Samples made durable.")),
      refused_samples(m.counter("sluice_storage_refused_samples_total",
                                "Samples of new series refused past limits.active_series.")),
      sample_conflicts(m.counter("sluice_storage_sample_conflicts_total",
                                 "Samples refused: another value is stored at their timestamp.")),
      column_cache_hits(m.counter("sluice_storage_column_cache_hits_total",
                                  "Columns of logs that queries found decoded.")),
      column_cache_misses(m.counter("sluice_storage_column_cache_misses_total",
                                    "Columns of logs that queries had to read and decode.")),
      column_cache_bytes(
          m.gauge("sluice_storage_column_cache_bytes", "Memory of decoded columns of logs.")),
      head_bytes(m.gauge("sluice_storage_head_bytes", "Memory held by unsealed log entries.")),
      parts(m.gauge("sluice_storage_parts", "Log parts.")),
      merges_pending(m.gauge("sluice_storage_merges_pending",
                             "Merges of log parts that are due or running; 0: done, with the "
                             "space of the parts they replaced.")),
      over_cap_bytes(m.gauge("sluice_storage_over_cap_bytes",
                             "Bytes of log parts above max_bytes that are all of today.")),
      delete_requests(
          m.gauge("sluice_storage_delete_requests", "Delete requests not yet processed.")),
      part_bytes(m.gauge("sluice_storage_part_bytes", "Bytes of log parts as stored.")),
      part_line_bytes(
          m.gauge("sluice_storage_part_line_bytes", "Bytes of the lines in log parts.")),
      series(m.gauge("sluice_storage_series", "Metric series known.")),
      sample_head_samples(m.gauge("sluice_storage_sample_head_samples", "Unsealed samples.")),
      free_bytes(m.gauge("sluice_storage_free_bytes", "Free bytes of the data file system.")),
      writable(
          m.gauge("sluice_storage_writable", "1 if writes are accepted, 0 if the disk is full.")),
      commit_seconds(m.histogram("sluice_storage_commit_seconds",
                                 "Time of one synced write, queueing for its group included.",
                                 Metrics::latency_buckets())),
      seal_seconds(m.histogram("sluice_storage_seal_seconds", "Time of one seal of logs.",
                               Metrics::latency_buckets())) {}

}  // namespace sluice::storage
