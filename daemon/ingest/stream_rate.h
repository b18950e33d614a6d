// StreamRate: how much may be pushed to each stream (Loki's per_stream_rate_limit and its burst).
// A push gets all it wants, or nothing and comes again as a whole. Safe from any thread; time comes
// from the caller.
#pragma once

#include <mutex>
#include <vector>

#include "base/types/ids.h"
#include "base/types/limits.h"
#include "base/types/log_entry.h"
#include "daemon/ingest/token_buckets.h"

namespace sluice::ingest {

// Streams with a bucket of their own; those past it share one.
inline constexpr std::size_t rate_streams_max = 200'000;

class StreamRate {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // What was taken from a stream's bucket.
  struct Taken {
    std::uint64_t stream = 0;  // its hash
    std::size_t bytes = 0;
  };
  // Takes what each of the streams has to get; otherwise nothing is taken, and `held` are the
  // places of those that are too fast. Full buckets always have enough: all comes through in the
  // end.
  struct Outcome {
    std::vector<Taken> taken;
    std::vector<std::size_t> held;
  };
  Outcome take(const TenantId& tenant, const std::vector<PushStream>& streams, const Limits& limits,
               Time now);
  // It was not stored.
  void give_back(const std::vector<Taken>& taken, const Limits& limits);
  std::size_t streams() const;  // that have a bucket

 private:
  using Buckets = TokenBuckets<std::uint64_t>;

  mutable std::mutex mutex_;
  Buckets buckets_{rate_streams_max, rate_streams_max};  // protected by mutex_
};

// Of lines and structured metadata.
std::size_t stream_bytes(const PushStream& stream);

}  // namespace sluice::ingest
