// HeadBatch: one push, as it is in memory until it is sealed.
//
// head_encode.h makes the body; HeadBatch::parse() reads it, after a push and after a restart
// alike, so what readers see is what was written. Lines are views into the body: one allocation for
// all lines of a push. Immutable once parsed, shared by readers and the sealer. Format:
// docs/format/log-part.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec/compress.h"
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

// A push before it is parsed.
struct HeadBody {
  std::string entries;  // encoded: body or index of the format
  RawBytes text;        // where the lines lie; without data they are among the entries
};

class HeadBatch {
 public:
  // Error(corrupt): the body does not decode.
  static Result<std::shared_ptr<const HeadBatch>> parse(HeadBody body, std::uint64_t sequence,
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
  HeadBody body_;
  std::vector<HeadRun> runs_;
};

// Whose it is, read from the front of HeadBody::entries.
Result<TenantId> head_batch_tenant(std::string_view entries);
Error damaged_head(std::string_view what);
// What labels take in memory; encoded they take less.
std::size_t label_bytes(const LabelSet& labels);
std::size_t count_entries(const std::vector<PushStream>& streams);
// Memory a push will hold in the head, before it is encoded: for admission.
std::size_t head_memory_estimate(const std::vector<PushStream>& streams);

}  // namespace sluice::storage
