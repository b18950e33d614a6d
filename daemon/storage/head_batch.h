// HeadBatch: one push, as it is on disk and in memory until it is sealed.
//
// encode_head_batch() makes the raw body; HeadBatch::parse() reads it, after a push and after a
// restart alike, so what readers see is what was written. Lines are views into the body: one
// allocation for all lines of a push. Immutable once parsed, shared by readers and the sealer.
// Format: docs/format/log-part.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/ids.h"
#include "base/types/log_entry.h"
#include "base/types/time.h"

namespace sluice::storage {

using SharedLabels = std::shared_ptr<const LabelSet>;
// Gives equal label sets one object, so that readers match a stream once and not once per push.
using Intern = std::function<SharedLabels(LabelSet)>;

// The entries of one stream of a push, sorted by (timestamp, sequence).
struct HeadRun {
  SharedLabels labels;
  std::vector<Timestamp> timestamps;
  std::vector<std::uint64_t> sequences;
  std::vector<std::string_view> lines;
  std::vector<LabelSet> metadata;  // empty if no entry has any, else one per entry

  Timestamp first() const { return timestamps.front(); }
  Timestamp last() const { return timestamps.back(); }
  std::size_t size() const { return timestamps.size(); }
};

class HeadBatch {
 public:
  // Error(corrupt): the body does not decode.
  static Result<std::shared_ptr<const HeadBatch>> parse(std::string body, std::uint64_t sequence,
                                                        const Intern& intern);

  const TenantId& tenant() const { return tenant_; }
  Timestamp received() const { return received_; }
  const std::vector<HeadRun>& runs() const { return runs_; }
  std::uint64_t sequence() const { return sequence_; }  // of its first entry; its key
  std::size_t entries() const { return entries_; }
  std::size_t line_bytes() const { return line_bytes_; }
  std::size_t memory_bytes() const { return memory_bytes_; }
  Timestamp first() const { return first_; }
  Timestamp last() const { return last_; }

 private:
  friend class HeadBatchParser;
  TenantId tenant_;
  Timestamp received_{};
  std::uint64_t sequence_ = 0;
  std::size_t entries_ = 0;
  std::size_t line_bytes_ = 0;
  std::size_t memory_bytes_ = 0;
  Timestamp first_ = Timestamp::max();
  Timestamp last_ = Timestamp::min();
  std::string body_;
  std::vector<HeadRun> runs_;
};

// The body of a push. Streams without entries are left out.
std::string encode_head_batch(const TenantId& tenant, Timestamp received,
                              const std::vector<PushStream>& streams);
// Whose it is, read from the front of a body.
Result<TenantId> head_batch_tenant(std::string_view body);
std::size_t count_entries(const std::vector<PushStream>& streams);
// Memory a push will hold in the head, before it is encoded: for admission.
std::size_t head_memory_estimate(const std::vector<PushStream>& streams);

// Raw size and LZ4 block: the payload of head and sample batches.
std::string pack_body(std::string_view body);
Result<std::string> unpack_body(std::string_view payload);

}  // namespace sluice::storage
