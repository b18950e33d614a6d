// Limits: every bound on what clients may send, its default and its reason, in one place.
//
// The page for users is docs/guide/limits.md; it names the same limits. The HTTP server's own
// bounds (connections, headers) are in base/http/server.h, the store's in daemon/storage/store.h,
// those of queries in query/context.h.
#pragma once

#include <chrono>
#include <cstddef>

namespace sluice {

// What is done with a line longer than Limits::line_bytes (daemon/ingest/long_lines.h).
enum class LongLinePolicy { split, truncate, refuse };

struct Limits {
  // A request is held in memory as a whole, several at once; senders batch about 1 MiB.
  std::size_t push_body_bytes = 32 << 20;
  std::size_t write_body_bytes = 32 << 20;
  // Of one push: bounds what 32 MiB of tiny lines expand to in memory.
  std::size_t entries_per_push = 500'000;
  std::size_t samples_per_write = 500'000;

  // Four times Loki's default; longer lines are nearly always dumps. Split into parts that are
  // marked as such, nothing is lost.
  std::size_t line_bytes = 1 << 20;
  LongLinePolicy long_lines = LongLinePolicy::split;
  // Labels name a stream; what differs from line to line belongs into the line or its metadata.
  std::size_t labels_per_stream = 32;
  std::size_t label_name_bytes = 1024;
  std::size_t label_value_bytes = 2048;
  // Structured metadata of one entry.
  std::size_t metadata_bytes = 64 << 10;
  std::size_t metadata_entries = 128;
  // Metrics carry more labels than logs (kube-state-metrics reaches 40).
  std::size_t labels_per_series = 64;

  // Older entries would be dropped by retention at once. The daemon sets it to the retention;
  // zero takes any age.
  std::chrono::hours oldest{24 * 30};
  // Clocks differ; more than this is a wrong clock, and would hide all later lines of a query.
  std::chrono::minutes future{10};

  // Whether entries get detected_level as structured metadata when they arrive. Costs a look at
  // every line, and splits results by level, so it is chosen; otherwise queries that ask for it
  // find it in the lines (docs/decisions/0011).
  bool discover_log_levels = false;

  // Whether samples whose metadata comes with them (scrapes, remote write 2.0) get the labels
  // __type__ and __unit__. They make other series of all that is there, so it is chosen.
  bool type_and_unit_labels = false;

  // Log bytes (lines and structured metadata) that one tenant may push per second, and at once
  // after a pause. 0 sets no limit: the store's own back-pressure is enough for a single tenant,
  // and a limit that nobody asked for breaks replays.
  std::size_t ingestion_rate_bytes = 0;
  std::size_t ingestion_burst_bytes = 6 << 20;
  // The same for each stream by itself: one that runs wild must not take what the others need.
  std::size_t stream_rate_bytes = 0;
  std::size_t stream_burst_bytes = 6 << 20;

  // Streams and series with something in memory that is not sealed yet, of one tenant; 0: no
  // limit. A label that differs with every line must not fill the memory. What a large cluster
  // has must pass: Loki's 5,000 streams are fewer, and here a stream costs little beside its
  // lines.
  std::size_t active_streams = 1'000'000;
  std::size_t active_series = 2'000'000;

  // Live tails of one tenant that are open at once.
  std::size_t tails = 100;
};

}  // namespace sluice
