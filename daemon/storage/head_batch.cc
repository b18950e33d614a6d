#include "daemon/storage/head_batch.h"

#include <algorithm>
#include <numeric>

#include "daemon/storage/codec/bytes.h"

namespace sluice::storage {

namespace {

// What an entry costs beside its bytes: timestamp, sequence, view, and its share of vectors.
constexpr std::size_t entry_overhead = 48;
constexpr std::size_t batch_overhead = 512;

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

Error damaged_head(std::string_view what) {
  return {ErrorCode::corrupt, "head batch: " + std::string(what)};
}

std::size_t label_bytes(const LabelSet& labels) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : labels) bytes += name.size() + value.size() + 2 * sizeof(Label);
  return bytes;
}

class HeadBatchParser {
 public:
  HeadBatchParser(HeadBatch& batch, const Intern& intern)
      : batch_(batch), intern_(intern), in_(batch.body_.entries), text_(batch.body_.text.view()) {}

  Result<void> parse() {
    batch_.tenant_ = TenantId(std::string(in_.string()));
    batch_.received_ = from_unix_ns(in_.zigzag());
    const std::size_t streams = in_.count(2);
    if (!in_.ok()) return damaged_head("bad start");
    batch_.runs_.reserve(streams);
    for (std::size_t i = 0; i < streams && in_.ok(); ++i) parse_run();
    if (!in_.finished()) return damaged_head("body does not end where it should");
    // Lines lie in the text, or in the entries.
    if (batch_.body_.text.data != nullptr) batch_.body_.entries = {};
    batch_.memory_bytes_ +=
        batch_overhead + batch_.body_.entries.capacity() + batch_.body_.text.size;
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
    run.lines.push_back(text_.data() == nullptr ? in_.string() : line_of_text());
    LabelSet metadata = in_.labels();
    if (!metadata.empty() && run.metadata.empty()) run.metadata.resize(run.lines.size() - 1);
    batch_.memory_bytes_ += label_bytes(metadata);
    batch_.line_bytes_ += run.lines.back().size();
    if (!metadata.empty() || !run.metadata.empty()) run.metadata.push_back(std::move(metadata));
    ++batch_.entries_;
    return ts;
  }

  std::string_view line_of_text() {
    const std::int64_t begin = wrapping_add(line_end_, in_.zigzag());
    const std::uint64_t size = in_.varint();
    const auto text_size = static_cast<std::int64_t>(text_.size());
    if (begin < 0 || begin > text_size || size > text_.size() - static_cast<std::size_t>(begin)) {
      in_.fail();
      return {};
    }
    line_end_ = begin + static_cast<std::int64_t>(size);
    return text_.substr(static_cast<std::size_t>(begin), size);
  }

  HeadBatch& batch_;
  const Intern& intern_;
  ByteReader in_;
  std::string_view text_;
  std::int64_t line_end_ = 0;  // of the line before, in the text
};

Result<std::shared_ptr<const HeadBatch>> HeadBatch::parse(HeadBody body, std::uint64_t sequence,
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
  if (!in.ok() || !valid_tenant(tenant)) return damaged_head("bad tenant");
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

}  // namespace sluice::storage
