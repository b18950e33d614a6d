// QueryContext: one running query's budget, deadline, cancellation, statistics and warnings.
//
// Made by whoever starts the query, passed down to the sources. Used by the query's own threads;
// charge() and the counters are atomic, warn() takes a lock.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "base/types/result.h"
#include "base/types/time.h"
#include "query/memory.h"
#include "query/part_tally.h"

namespace sluice {
class ThreadPool;
}

namespace sluice::query {

struct QueryLimits {
  std::size_t max_memory_bytes = 256 << 20;  // what one query may hold
  std::size_t max_series = 10'000;       // of a log metric query; past it the top N and a warning
  std::size_t max_samples = 50'000'000;  // that one PromQL query may load
  std::size_t max_entries = 5'000;       // of a log query
  std::chrono::milliseconds timeout{60'000};  // of a log query or a metric query over logs
  // Zero sets no limit.
  std::chrono::milliseconds max_length{0};    // from start to end of a query over logs
  std::chrono::milliseconds max_range{0};     // of a [range] in it
  std::chrono::milliseconds max_lookback{0};  // how old logs may be to be asked for
  std::size_t max_bytes_read = 0;             // from the store, compressed
  bool detect_levels = true;  // find detected_level where a query asks for it and it is not stored
  std::shared_ptr<QueryMemory> together;  // what all queries may hold; null: no bound
  ThreadPool* helpers = nullptr;  // whose idle threads help; must outlive the query; null: none do
  std::size_t max_workers = 1;    // threads that read for one query at the same time
};

struct QueryStats {
  std::atomic<std::uint64_t> bytes_processed{0};  // of lines looked at
  std::atomic<std::uint64_t> lines_processed{0};
  std::atomic<std::uint64_t> bytes_read{0};  // from the store, compressed
  std::atomic<std::uint64_t> batches{0};
  std::atomic<std::uint64_t> batches_skipped{0};
  std::atomic<std::uint64_t> samples{0};
  // How the log store came to its answer, for EXPLAIN. A row group that is considered is counted in
  // one of the lines below it, and skipped for the first reason that holds. (Past a limit of memory
  // or an error, the rest is in none.)
  PartTally parts;
  std::atomic<std::uint64_t> groups{0};
  std::atomic<std::uint64_t> groups_skipped_stream{0};
  std::atomic<std::uint64_t> groups_skipped_time{0};      // also narrowed away
  std::atomic<std::uint64_t> groups_skipped_template{0};  // no template can be of such a line
  std::atomic<std::uint64_t> groups_skipped_filter{0};    // nor, by the gram filter, can a value
  std::atomic<std::uint64_t> groups_skipped_header{0};    // nor can by what is said of columns
  std::atomic<std::uint64_t> groups_from_header{0};       // answered without their columns
  std::atomic<std::uint64_t> groups_read{0};
  std::atomic<std::uint64_t> groups_damaged{0};
  std::atomic<std::uint64_t> unsealed_considered{0};  // batches of the head
  std::atomic<std::uint64_t> chunks_read{0};
  std::atomic<std::uint64_t> columns_decoded{0};
  std::atomic<std::uint64_t> columns_cached{0};  // used as an earlier query decoded them
  std::atomic<std::uint64_t> columns_scanned{0};
  std::atomic<std::uint64_t> lines_rebuilt{0};
  std::atomic<std::uint64_t> lines_kept{0};  // of a log query: passed its filters and its limit
  // Nanoseconds of all threads of the query: in the log store (TimedLogSource) for planning, for
  // finding the rows of units and for reading them; and in the engine for what becomes of them.
  std::atomic<std::uint64_t> plan_ns{0};
  std::atomic<std::uint64_t> search_ns{0};
  std::atomic<std::uint64_t> read_ns{0};
  std::atomic<std::uint64_t> queue_ns{0};  // before it ran, waiting for a thread
  std::atomic<std::uint64_t> splits{0};    // slices of time it was cut into (LogSlices)
  // What of the above was in the head, unsealed.
  std::atomic<std::uint64_t> head_batches{0};
  std::atomic<std::uint64_t> head_lines{0};
  std::atomic<std::uint64_t> head_bytes{0};
  std::atomic<std::uint64_t> evaluate_ns{0};
  std::atomic<std::uint64_t> scan_ns{0};  // of the query's own thread, in all of these
  std::atomic<std::uint64_t> workers{0};  // the most threads that read one selection
};

// Loops over rows call QueryContext::check() once in so many.
inline constexpr std::size_t rows_between_checks = 1024;

class QueryContext {
 public:
  explicit QueryContext(std::stop_token cancel = {}, QueryLimits limits = {})
      : cancel_(std::move(cancel)), limits_(std::move(limits)) {}
  ~QueryContext();
  QueryContext(const QueryContext&) = delete;
  QueryContext& operator=(const QueryContext&) = delete;

  const QueryLimits& limits() const { return limits_; }
  QueryStats& stats() { return stats_; }
  std::chrono::steady_clock::time_point started() const { return started_; }

  // A deadline of the query's own, besides the stop token.
  void set_deadline(std::chrono::steady_clock::time_point deadline) { deadline_ = deadline; }

  // Logs that are older than QueryLimits::max_lookback at `now` are not there for the query.
  void look_back_from(Timestamp now) {
    if (limits_.max_lookback.count() > 0) oldest_ = now - limits_.max_lookback;
  }
  // The first moment whose logs it may see: LogSource::scan() hides what is before.
  Timestamp oldest() const { return oldest_; }

  // Lines are to get a detected_level, unless ingest finds them: the engine asks for queries that
  // name it.
  void ask_for_levels() { detect_levels_ = limits_.detect_levels; }
  bool detect_levels() const { return detect_levels_; }

  // Called in every loop over blocks or series: Error(cancelled) once the client is gone or the
  // request's deadline passed, Error(timeout) once the query's own did, Error(invalid_argument)
  // once it has read more than it may.
  Result<void> check() const;
  // Accounts memory held by the query; Error(limit_exceeded) past its budget, Error(unavailable)
  // past that of all queries together. Negative releases; what is left goes with the context.
  Result<void> charge(std::int64_t bytes);
  std::int64_t held() const { return held_.load(); }
  // Whether a charge went past the query's own budget.
  bool over_budget() const { return over_budget_.load(); }
  // The most it held at once, so far.
  std::int64_t peak_bytes() const { return peak_.load(std::memory_order_relaxed); }
  // Adds a warning to the result, each text once.
  void warn(std::string text);
  std::vector<std::string> warnings() const;

 private:
  std::stop_token cancel_;
  QueryLimits limits_;
  QueryStats stats_;
  std::atomic<std::int64_t> held_{0};
  std::atomic<bool> over_budget_{false};
  bool detect_levels_ = false;
  Timestamp oldest_ = Timestamp::min();
  std::atomic<std::int64_t> peak_{0};
  std::atomic<std::chrono::steady_clock::time_point> deadline_ =
      std::chrono::steady_clock::time_point::max();
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  mutable std::mutex mutex_;
  std::vector<std::string> warnings_;
};

}  // namespace sluice::query
