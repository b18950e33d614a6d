#include "daemon/storage/head_batch.h"

#include <algorithm>
#include <numeric>

#include "daemon/storage/codec/block_codec.h"
#include "daemon/storage/codec/bytes.h"

namespace sluice::storage {

namespace {

// What an entry costs beside its bytes: timestamp, sequence, view, and its share of vectors.
constexpr std::size_t entry_overhead = 48;
constexpr std::size_t batch_overhead = 512;

Error damaged_batch(std::string_view what) {
  return {ErrorCode::corrupt, "head batch: " + std::string(what)};
}

std::size_t label_bytes(const LabelSet& labels) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : labels) bytes += name.size() + value.size() + 2 * sizeof(Label);
  return bytes;
}

// A little more than it takes: growing would copy, shrinking too.
std::size_t encoded_size_at_most(const std::vector<PushStream>& streams) {
  constexpr std::size_t entry_numbers = 10 + 5 + 2;  // timestamp, size of the line, of metadata
  std::size_t bytes = 512;
  for (const auto& stream : streams) {
    bytes += 32 + label_bytes(stream.labels);
    for (const auto& entry : stream.entries)
      bytes += entry_numbers + entry.line.size() + label_bytes(entry.metadata);
  }
  return bytes;
}

void put_entries(std::string& out, const std::vector<PushEntry>& entries) {
  put_varint(out, entries.size());
  std::int64_t previous = 0;
  for (const PushEntry& entry : entries) {
    put_zigzag(out, wrapping_sub(unix_ns(entry.timestamp), previous));
    previous = unix_ns(entry.timestamp);
    put_string(out, entry.line);
    put_labels(out, entry.metadata);
  }
}

template <class T>
void permute(std::vector<T>& values, const std::vector<std::uint32_t>& order) {
  if (values.empty()) return;
  std::vector<T> sorted;
  sorted.reserve(values.size());
  for (const std::uint32_t i : order) sorted.push_back(std::move(values[i]));
  values = std::move(sorted);
}

// Senders may deliver in any order; stable, so that equal timestamps keep their arrival order.
void sort_run(HeadRun& run) {
  if (std::is_sorted(run.timestamps.begin(), run.timestamps.end())) return;
  std::vector<std::uint32_t> order(run.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return run.timestamps[a] < run.timestamps[b];
  });
  permute(run.timestamps, order);
  permute(run.sequences, order);
  permute(run.lines, order);
  permute(run.metadata, order);
}

}  // namespace

class HeadBatchParser {
 public:
  HeadBatchParser(HeadBatch& batch, const Intern& intern)
      : batch_(batch), intern_(intern), in_(batch.body_) {}

  Result<void> parse() {
    batch_.tenant_ = TenantId(std::string(in_.string()));
    batch_.received_ = from_unix_ns(in_.zigzag());
    const std::size_t streams = in_.count(2);
    if (!in_.ok()) return damaged_batch("bad start");
    batch_.runs_.reserve(streams);
    for (std::size_t i = 0; i < streams && in_.ok(); ++i) parse_run();
    if (!in_.finished()) return damaged_batch("body does not end where it should");
    batch_.memory_bytes_ += batch_overhead + batch_.body_.capacity();
    return {};
  }

 private:
  void parse_run() {
    HeadRun run;
    run.labels = intern_(in_.labels());
    const std::size_t entries = in_.count(3);
    run.timestamps.reserve(entries);
    run.sequences.reserve(entries);
    run.lines.reserve(entries);
    std::int64_t previous = 0;
    for (std::size_t i = 0; i < entries && in_.ok(); ++i) previous = parse_entry(run, previous);
    if (run.size() == 0 || !in_.ok()) return;
    sort_run(run);
    batch_.first_ = std::min(batch_.first_, run.first());
    batch_.last_ = std::max(batch_.last_, run.last());
    batch_.memory_bytes_ += entries * entry_overhead + batch_overhead;
    batch_.runs_.push_back(std::move(run));
  }

  std::int64_t parse_entry(HeadRun& run, std::int64_t previous) {
    const std::int64_t ts = wrapping_add(previous, in_.zigzag());
    run.timestamps.push_back(from_unix_ns(ts));
    run.sequences.push_back(batch_.sequence_ + batch_.entries_);
    run.lines.push_back(in_.string());
    LabelSet metadata = in_.labels();
    if (!metadata.empty() && run.metadata.empty()) run.metadata.resize(run.lines.size() - 1);
    batch_.memory_bytes_ += label_bytes(metadata);
    batch_.line_bytes_ += run.lines.back().size();
    if (!metadata.empty() || !run.metadata.empty()) run.metadata.push_back(std::move(metadata));
    ++batch_.entries_;
    return ts;
  }

  HeadBatch& batch_;
  const Intern& intern_;
  ByteReader in_;
};

Result<std::shared_ptr<const HeadBatch>> HeadBatch::parse(std::string body, std::uint64_t sequence,
                                                          const Intern& intern) {
  auto batch = std::make_shared<HeadBatch>();
  batch->sequence_ = sequence;
  batch->body_ = std::move(body);
  SLUICE_CHECK(HeadBatchParser(*batch, intern).parse());
  return std::shared_ptr<const HeadBatch>(std::move(batch));
}

Result<TenantId> head_batch_tenant(std::string_view body) {
  ByteReader in(body);
  TenantId tenant{std::string(in.string())};
  if (!in.ok() || !valid_tenant(tenant)) return damaged_batch("bad tenant");
  return tenant;
}

std::size_t count_entries(const std::vector<PushStream>& streams) {
  std::size_t entries = 0;
  for (const auto& stream : streams) entries += stream.entries.size();
  return entries;
}

std::size_t head_memory_estimate(const std::vector<PushStream>& streams) {
  std::size_t bytes = batch_overhead;
  for (const auto& stream : streams) {
    bytes += batch_overhead + label_bytes(stream.labels);
    for (const auto& entry : stream.entries)
      bytes += entry_overhead + entry.line.size() + 8 + 2 * label_bytes(entry.metadata);
  }
  return bytes;
}

std::string encode_head_batch(const TenantId& tenant, Timestamp received,
                              const std::vector<PushStream>& streams) {
  std::string body;
  body.reserve(encoded_size_at_most(streams));
  put_string(body, tenant.value);
  put_zigzag(body, unix_ns(received));
  const auto filled = std::count_if(streams.begin(), streams.end(),
                                    [](const auto& stream) { return !stream.entries.empty(); });
  put_varint(body, static_cast<std::uint64_t>(filled));
  for (const auto& stream : streams) {
    if (stream.entries.empty()) continue;
    put_labels(body, stream.labels);
    put_entries(body, stream.entries);
  }
  return body;
}

std::string pack_body(std::string_view body) {
  std::string payload;
  put_varint(payload, body.size());
  append_lz4(payload, body);
  return payload;
}

Result<std::string> unpack_body(std::string_view payload) {
  ByteReader in(payload);
  const std::uint64_t raw_size = in.varint();
  if (!in.ok()) return damaged_batch("no size");
  return lz4_block(in.bytes(in.left()), raw_size);
}

}  // namespace sluice::storage
