#include "daemon/ingest/stream_rate.h"

#include <functional>

#include "daemon/ingest/validate_labels.h"

namespace sluice::ingest {

namespace {

std::uint64_t hash_of(const TenantId& tenant, const LabelSet& labels) {
  return labels.hash() * 31 + std::hash<std::string>{}(tenant.value);
}

BucketRate stream_bucket_rate(const Limits& limits) {
  return {static_cast<double>(limits.stream_rate_bytes),
          static_cast<double>(limits.stream_burst_bytes)};
}

}  // namespace

std::size_t stream_bytes(const PushStream& stream) {
  std::size_t bytes = 0;
  for (const auto& entry : stream.entries)
    bytes += entry.line.size() + metadata_bytes(entry.metadata);
  return bytes;
}

StreamRate::Outcome StreamRate::take(const TenantId& tenant, const std::vector<PushStream>& streams,
                                     const Limits& limits, Time now) {
  Outcome outcome;
  std::vector<Buckets::Wanted> wanted;
  for (const auto& stream : streams) {
    outcome.taken.push_back({hash_of(tenant, stream.labels), stream_bytes(stream)});
    wanted.push_back(
        {outcome.taken.back().stream, static_cast<double>(outcome.taken.back().bytes)});
  }
  const std::lock_guard lock(mutex_);
  outcome.held = buckets_.take_all(wanted, stream_bucket_rate(limits), now);
  if (!outcome.held.empty()) outcome.taken.clear();
  return outcome;
}

void StreamRate::give_back(const std::vector<Taken>& taken, const Limits& limits) {
  const std::lock_guard lock(mutex_);
  for (const auto& [stream, bytes] : taken)
    buckets_.give_back(stream, static_cast<double>(bytes), stream_bucket_rate(limits));
}

std::size_t StreamRate::streams() const {
  const std::lock_guard lock(mutex_);
  return buckets_.size();
}

}  // namespace sluice::ingest
