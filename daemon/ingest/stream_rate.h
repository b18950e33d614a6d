// StreamRate: how much may be pushed to each stream (Loki's per_stream_rate_limit and its burst).
// Safe from any thread; time comes from the caller.
#pragma once

#include <mutex>
#include <optional>
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
  // Takes what the stream has to get; nullopt: that is not in its bucket, nothing is taken.
  std::optional<Taken> take(const TenantId& tenant, const PushStream& stream, const Limits& limits,
                            Time now);
  // It was not stored.
  void give_back(const std::vector<Taken>& taken, const Limits& limits);
  std::size_t streams() const;  // that have a bucket

 private:
  mutable std::mutex mutex_;
  TokenBuckets<std::uint64_t> buckets_{rate_streams_max, rate_streams_max};  // protected by mutex_
};

// Of lines and structured metadata.
std::size_t stream_bytes(const PushStream& stream);

}  // namespace sluice::ingest
