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
#include "query/memory.h"

namespace sluice::query {

struct QueryLimits {
  std::size_t max_memory_bytes = 256 << 20;  // what one query may hold
  std::size_t max_series = 10'000;        // of a log metric query; past it the top N and a warning
  std::size_t max_samples = 50'000'000;   // that one PromQL query may load
  std::size_t max_entries = 5'000;        // of a log query
  std::shared_ptr<QueryMemory> together;  // what all queries may hold; null: no bound
};

struct QueryStats {
  std::atomic<std::uint64_t> bytes_processed{0};  // of lines looked at
  std::atomic<std::uint64_t> lines_processed{0};
  std::atomic<std::uint64_t> bytes_read{0};  // from the store, compressed
  std::atomic<std::uint64_t> batches{0};
  std::atomic<std::uint64_t> batches_skipped{0};
  std::atomic<std::uint64_t> samples{0};
  // How the log store came to its answer, for EXPLAIN. A row group is counted once, and skipped for
  // the first reason that holds.
  std::atomic<std::uint64_t> parts{0};
  std::atomic<std::uint64_t> parts_skipped_time{0};
  std::atomic<std::uint64_t> groups{0};
  std::atomic<std::uint64_t> groups_skipped_stream{0};
  std::atomic<std::uint64_t> groups_skipped_time{0};    // also narrowed away
  std::atomic<std::uint64_t> groups_skipped_filter{0};  // by templates and gram filter
  std::atomic<std::uint64_t> groups_from_header{0};     // answered without their columns
  std::atomic<std::uint64_t> chunks_read{0};
  std::atomic<std::uint64_t> columns_scanned{0};
  std::atomic<std::uint64_t> lines_rebuilt{0};
  std::atomic<std::uint64_t> lines_kept{0};  // of a log query: passed its filters and its limit
  // Nanoseconds in the log store: planning, reading (TimedLogSource).
  std::atomic<std::uint64_t> plan_ns{0};
  std::atomic<std::uint64_t> read_ns{0};
};

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

  // A deadline of the query's own, besides the stop token. Set before the query starts.
  void set_deadline(std::chrono::steady_clock::time_point deadline) { deadline_ = deadline; }

  // Called in every loop over blocks or series: Error(cancelled) once the client is gone or the
  // request's deadline passed, Error(timeout) once the query's own did.
  Result<void> check() const;
  // Accounts memory held by the query; Error(limit_exceeded) past its budget, Error(unavailable)
  // past that of all queries together. Negative releases; what is left goes with the context.
  Result<void> charge(std::int64_t bytes);
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
  std::atomic<std::int64_t> peak_{0};
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  mutable std::mutex mutex_;
  std::vector<std::string> warnings_;
};

}  // namespace sluice::query
