// The store's own metrics, asked for once at open. Names are listed in docs/metrics.md.
#pragma once

#include "base/telemetry/metrics.h"

namespace sluice::storage {

struct StorageMetrics {
  explicit StorageMetrics(Metrics& metrics);

  Counter pushes;
  Counter entries;
  Counter duplicates;
  Counter lost_bytes;  // gaps that agents declared
  Counter head_full;   // pushes refused
  Counter no_space;    // writes refused
  Counter corrupt;
  Counter seals;
  Counter seal_failures;
  Counter merges;
  Counter parts_dropped;  // by retention
  Counter cap_dropped_parts;
  Counter cap_dropped_bytes;
  Counter deleted_rows;
  Counter samples;
  Counter refused_samples;   // of series past active_series
  Counter sample_conflicts;  // other value at a stored timestamp
  Counter column_cache_hits;
  Counter column_cache_misses;
  Gauge column_cache_bytes;
  Gauge head_bytes;
  Gauge parts;
  Gauge merges_pending;
  Gauge over_cap_bytes;
  Gauge delete_requests;
  Gauge part_bytes;       // stored, compressed
  Gauge part_line_bytes;  // the lines in them
  Gauge series;
  Gauge sample_head_samples;
  Gauge free_bytes;
  Gauge writable;  // 0 while the disk is full or RocksDB refuses
  Histogram commit_seconds;
  Histogram seal_seconds;
};

}  // namespace sluice::storage
