#include "daemon/ingest/stream_rate.h"

#include <algorithm>
#include <functional>

#include "daemon/ingest/validate_labels.h"

namespace sluice::ingest {

namespace {

// Not more often, since all buckets are looked at.
constexpr std::chrono::seconds stream_sweep_interval{1};

std::uint64_t hash_of(const TenantId& tenant, const LabelSet& labels) {
  return labels.hash() * 31 + std::hash<std::string>{}(tenant.value);
}

double filled_since(StreamRate::Time then, StreamRate::Time now, const Limits& limits) {
  return std::chrono::duration<double>(now - then).count() *
         static_cast<double>(limits.stream_rate_bytes);
}

}  // namespace

std::size_t stream_bytes(const PushStream& stream) {
  std::size_t bytes = 0;
  for (const auto& entry : stream.entries)
    bytes += entry.line.size() + metadata_bytes(entry.metadata);
  return bytes;
}

std::optional<StreamRate::Taken> StreamRate::take(const TenantId& tenant, const PushStream& stream,
                                                  const Limits& limits, Time now) {
  const Taken taken{hash_of(tenant, stream.labels), stream_bytes(stream)};
  const auto burst = static_cast<double>(limits.stream_burst_bytes);
  const auto wanted = static_cast<double>(taken.bytes);
  const std::lock_guard lock(mutex_);
  Bucket* bucket = bucket_of(taken.stream, limits, now);
  if (bucket == nullptr) return taken;
  bucket->level = std::min(burst, bucket->level + filled_since(bucket->filled, now, limits));
  bucket->filled = now;
  if (bucket->level < std::min(wanted, burst)) return std::nullopt;
  bucket->level -= wanted;
  return taken;
}

void StreamRate::give_back(const std::vector<Taken>& taken, const Limits& limits) {
  const std::lock_guard lock(mutex_);
  for (const auto& [stream, bytes] : taken) {
    const auto at = buckets_.find(stream);
    if (at == buckets_.end()) continue;
    at->second.level = std::min(static_cast<double>(limits.stream_burst_bytes),
                                at->second.level + static_cast<double>(bytes));
  }
}

StreamRate::Bucket* StreamRate::bucket_of(std::uint64_t stream, const Limits& limits, Time now) {
  const auto at = buckets_.find(stream);
  if (at != buckets_.end()) return &at->second;
  if (buckets_.size() >= rate_streams_max && now >= next_sweep_) forget_full(limits, now);
  if (buckets_.size() >= rate_streams_max) return nullptr;
  const auto burst = static_cast<double>(limits.stream_burst_bytes);
  return &buckets_.emplace(stream, Bucket{burst, now}).first->second;
}

// By the limits of who asks: a bucket dropped too early is full too early, no worse.
void StreamRate::forget_full(const Limits& limits, Time now) {
  next_sweep_ = now + stream_sweep_interval;
  std::erase_if(buckets_, [&](const auto& item) {
    return item.second.level + filled_since(item.second.filled, now, limits) >=
           static_cast<double>(limits.stream_burst_bytes);
  });
}

std::size_t StreamRate::streams() const {
  const std::lock_guard lock(mutex_);
  return buckets_.size();
}

}  // namespace sluice::ingest
