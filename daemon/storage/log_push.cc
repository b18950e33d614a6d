// The push step: one synced batch of { head batch, mark }, then visible, then acknowledged.
#include <algorithm>

#include "base/types/assert.h"
#include "daemon/storage/codec/block_codec.h"
#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/head_encode.h"
#include "daemon/storage/log_store.h"

namespace sluice::storage {

namespace {

// What a push holds of head_bytes_ until it is committed.
class Reservation {
 public:
  Reservation(std::atomic<std::size_t>& total, std::size_t bytes) : total_(total), bytes_(bytes) {}
  ~Reservation() { total_ -= bytes_; }
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;

 private:
  std::atomic<std::size_t>& total_;
  const std::size_t bytes_;
};

Result<std::uint64_t> read_mark(const Database& database, const std::string& key) {
  SLUICE_TRY(const auto value, database.get(Family::mark, key, ValueType::mark));
  if (!value) return std::uint64_t{0};
  ByteReader in(value->payload());
  const std::uint64_t offset = in.varint();
  if (!in.ok()) return Error{ErrorCode::corrupt, "high-water mark does not decode"};
  return offset;
}

Result<void> check_identity(const LogPush& push) {
  const std::size_t entries = count_entries(push.streams);
  if (push.streams.size() > 1)
    return invalid_argument("a push with " + std::string(batch_header) + " has one stream, not " +
                            std::to_string(push.streams.size()));
  if (push.identity->ends.size() != entries)
    return invalid_argument(std::string(batch_header) + " has lengths of " +
                            std::to_string(push.identity->ends.size()) + " entries, the push has " +
                            std::to_string(entries));
  return {};
}

Error gap(const BatchIdentity& identity, std::uint64_t high) {
  return {ErrorCode::conflict, "batch of source " + identity.source + " starts at byte " +
                                   std::to_string(identity.start) + ", but the bytes from " +
                                   std::to_string(high) + " on are missing; send from there"};
}

// Drops the entries that end at or below the mark; returns how many.
std::size_t drop_stored(LogPush& push, std::uint64_t high) {
  auto& ends = push.identity->ends;
  const auto fresh = std::upper_bound(ends.begin(), ends.end(), high);
  const auto stored = fresh - ends.begin();
  if (stored == 0) return 0;
  ends.erase(ends.begin(), fresh);
  auto& entries = push.streams.front().entries;
  entries.erase(entries.begin(), entries.begin() + stored);
  return static_cast<std::size_t>(stored);
}

std::string mark_payload(std::uint64_t offset, Day today) {
  std::string payload;
  put_varint(payload, offset);
  put_zigzag(payload, today);
  return payload;
}

}  // namespace

std::mutex& LogStore::source_lock(const std::string& key) {
  return source_locks_[std::hash<std::string>{}(key) % source_locks_.size()];
}

Result<std::uint64_t> LogStore::high_water(const TenantId& tenant,
                                           const BatchIdentity& source) const {
  return read_mark(database_, mark_key(tenant, source));
}

// Reads the mark and cuts the push down to what is new. The caller holds the source's lock.
Result<void> LogStore::apply_identity(LogPush& push, PushOutcome& outcome) {
  SLUICE_CHECK(check_identity(push));
  BatchIdentity& identity = *push.identity;
  SLUICE_TRY(outcome.high_water, read_mark(database_, mark_key(push.tenant, identity)));
  if (identity.start > outcome.high_water && !identity.gap_is_loss)
    return gap(identity, outcome.high_water);
  if (identity.start > outcome.high_water)
    metrics_.lost_bytes.inc(static_cast<double>(identity.start - outcome.high_water));
  outcome.duplicates = drop_stored(push, outcome.high_water);
  metrics_.duplicates.inc(static_cast<double>(outcome.duplicates));
  return {};
}

std::vector<PushOutcome::Refused> LogStore::take_excess(LogPush& push) {
  const std::size_t max = options_.active_streams.of(push.tenant);
  if (max == 0) return {};
  return tenant(push.tenant).take_excess(push.streams, max);
}

// Nothing of a text that no head has room for: its lines alone may fit.
RawBytes LogStore::text_to_keep(const LogPush& push) const {
  const bool fits = push.sent.text.size <= options_.head_bytes_max;
  return fits && worth_keeping(push.sent, push.streams) ? push.sent.text : RawBytes();
}

// A text that is kept takes its whole size, with what of it is no line.
Result<std::size_t> LogStore::reserve(const std::vector<PushStream>& streams,
                                      const RawBytes& kept) {
  const std::size_t bytes = std::max(head_memory_estimate(streams), kept.size);
  if (head_bytes_.fetch_add(bytes) + bytes <= options_.head_bytes_max) return bytes;
  head_bytes_ -= bytes;
  return head_full();
}

Error LogStore::head_full() const {
  metrics_.head_full.inc();
  if (seal_due_hook_) seal_due_hook_();
  return {ErrorCode::limit_exceeded, "unsealed log lines fill their memory of " +
                                         std::to_string(options_.head_bytes_max >> 20) +
                                         " MiB; retry shortly"};
}

// Lines take about as much as the body they come in, but none has to: what is far from filling the
// head is left to reserve(), so that no body waits for more room than there will be.
Result<void> LogStore::check_room(std::size_t body_bytes) const {
  constexpr std::size_t share = 16;
  const std::size_t used = std::min(head_bytes_.load(), options_.head_bytes_max);
  const std::size_t wanted = std::min(body_bytes, options_.head_bytes_max / share);
  return options_.head_bytes_max - used < wanted ? Result<void>(head_full()) : Result<void>();
}

Result<PushOutcome> LogStore::push(LogPush push, const PushListeners& listeners) {
  PushOutcome outcome;
  std::unique_lock<std::mutex> source;
  if (push.identity) {
    source = std::unique_lock(source_lock(mark_key(push.tenant, *push.identity)));
    SLUICE_CHECK(apply_identity(push, outcome));
    if (push.identity->end <= outcome.high_water) return outcome;
  }
  outcome.refused = take_excess(push);
  if (push.identity && !outcome.refused.empty()) return outcome;
  outcome.accepted = count_entries(push.streams);
  if (outcome.accepted == 0 && !push.identity) return outcome;
  const RawBytes kept = text_to_keep(push);
  SLUICE_TRY(const std::size_t reserved, reserve(push.streams, kept));
  const Reservation reservation(head_bytes_, reserved);
  SLUICE_CHECK(commit_push(push, kept));
  if (push.identity) outcome.high_water = push.identity->end;
  if (source.owns_lock()) source.unlock();
  metrics_.pushes.inc();
  metrics_.entries.inc(static_cast<double>(outcome.accepted));
  if (outcome.accepted > 0) listeners.tell(push.tenant, push.streams);
  return outcome;
}

Result<void> LogStore::commit_push(const LogPush& push, const RawBytes& kept) {
  const Timestamp now = clock_.now();
  const std::size_t entries = count_entries(push.streams);
  HeadBody body = encode_head_batch(push.tenant, now, push.streams, kept);
  if (body.entries.size() > max_block_bytes)
    return Error{ErrorCode::too_large,
                 "push of " + std::to_string(body.entries.size() >> 20) + " MiB"};
  const std::uint64_t sequence = next_sequence_.fetch_add(entries + 1);
  const std::string packed = entries > 0 ? pack_head(body, push.sent.block) : std::string();
  constexpr std::size_t room_beside = 512;  // keys, envelopes, the mark: growing would copy it all
  Batch step = database_.batch(packed.size() + room_beside);
  if (entries > 0) step.put(Family::head, sequence_key(sequence), ValueType::head_batch, packed);
  if (push.identity)
    step.put(Family::mark, mark_key(push.tenant, *push.identity), ValueType::mark,
             mark_payload(push.identity->end, day_of(now)));
  SLUICE_CHECK(database_.write(step, Writer::client));
  if (entries == 0) return {};
  TenantLogs& logs = tenant(push.tenant);
  auto batch = HeadBatch::parse(std::move(body), sequence,
                                [&](LabelSet labels) { return logs.intern(std::move(labels)); });
  SLUICE_ASSERT(batch.has_value());  // it was encoded a moment ago
  head_bytes_ += (*batch)->memory_bytes();
  logs.add(std::move(*batch));
  if (logs.head_state().bytes >= options_.seal_bytes && seal_due_hook_) seal_due_hook_();
  return {};
}

}  // namespace sluice::storage
