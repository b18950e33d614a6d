// StreamRate: how much may be pushed to each stream, as a bucket that fills by the second (Loki's
// per_stream_rate_limit and its burst). Safe from any thread; time comes from the caller.
//
// As with the rate of a tenant, what is larger than the whole bucket passes a full one and leaves
// it in debt.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/types/ids.h"
#include "base/types/limits.h"
#include "base/types/log_entry.h"

namespace sluice::ingest {

// Streams with a bucket; those past it have no limit until others are full again.
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
  struct Bucket {
    double level = 0;  // bytes; below 0: debt
    Time filled{};
  };
  Bucket* bucket_of(std::uint64_t stream, const Limits& limits, Time now);
  void forget_full(const Limits& limits, Time now);

  mutable std::mutex mutex_;
  // Protected by mutex_:
  std::unordered_map<std::uint64_t, Bucket> buckets_;  // by hash; who is not in it has a full one
  Time next_sweep_ = Time::min();
};

// Of lines and structured metadata.
std::size_t stream_bytes(const PushStream& stream);

}  // namespace sluice::ingest
