// Tombstones: what readers of one tenant's parts must not show and merges drop: deletions by
// selector, time and line filter, and streams past a retention rule of their own.
//
// A deletion concerns what was stored when it was asked for, and so the parts whose id was given
// out before it (docs/format/delete-request.md); the head never: it was sealed first. Immutable,
// shared by readers, merges and the space report; safe from any thread.
//
//   const auto* hidden = tombstones.for_stream(labels, first, last, part);   // per run
//   if (hidden && hides(*hidden, timestamp, line)) continue;                  // per row
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/labels.h"
#include "base/types/time.h"
#include "daemon/storage/keys.h"
#include "query/ast/label_matcher.h"
#include "query/ast/line_filter.h"

namespace sluice::storage {

struct Tombstone {
  std::string id;                             // of its request; empty: of a retention rule
  std::vector<query::LabelMatcher> matchers;  // which streams; empty: all
  std::vector<query::LineFilter> filters;     // which lines: all must hold; empty: all
  TimeRange range;
  PartId parts_below = UINT64_MAX;  // concerns parts of a smaller id
  // Cannot be taken back: merges may drop the rows.
  bool settled = true;
};

// Streams that match, and none of the cuts before it: hidden before `before`.
struct RetentionCut {
  std::vector<query::LabelMatcher> matchers;
  Timestamp before;
};

// Whether one of the tombstones hides the entry. For a list that for_stream() gave.
bool hides(const std::vector<Tombstone>& tombstones, Timestamp timestamp, std::string_view line);

class Tombstones {
 public:
  Tombstones() = default;
  Tombstones(std::vector<Tombstone> deletions, std::vector<RetentionCut> cuts);
  Tombstones(const Tombstones&) = delete;
  Tombstones& operator=(const Tombstones&) = delete;

  bool empty() const { return deletions_.empty() && cuts_.empty(); }
  // Those that may hide rows of the stream in [first, last] of the part; null: none. The list lives
  // as long as this.
  const std::vector<Tombstone>* for_stream(const LabelSet& labels, Timestamp first, Timestamp last,
                                           PartId part) const;
  // Whether all of the stream in [first, last] is hidden, whatever its lines are.
  bool hides_all(const LabelSet& labels, Timestamp first, Timestamp last, PartId part) const;
  bool hides(const LabelSet& labels, Timestamp timestamp, std::string_view line, PartId part) const;

  // A deletion that may still be cancelled reaches into the part: merging must wait.
  bool holds_back(PartId part, Timestamp first, Timestamp last) const;
  // Without looking at streams: merging the part alone might drop rows.
  bool may_shrink(PartId part, Timestamp first, Timestamp last) const;
  // Merging the part alone would drop rows of this stream (or might, by line filters).
  bool shrinks(const LabelSet& labels, Timestamp first, Timestamp last, PartId part) const;
  const std::vector<Tombstone>& deletions() const { return deletions_; }

 private:
  Timestamp cut_of(const LabelSet& labels) const;

  std::vector<Tombstone> deletions_;
  std::vector<RetentionCut> cuts_;  // in rule order
  // The distinct lists given out, by the indexes of their deletions and the cut; few.
  struct Key {
    std::vector<std::uint32_t> deletions;
    Timestamp cut;
    auto operator<=>(const Key&) const = default;
  };
  mutable std::mutex mutex_;
  mutable std::map<Key, std::vector<Tombstone>> lists_;  // protected by mutex_
};

using TombstonesPtr = std::shared_ptr<const Tombstones>;

}  // namespace sluice::storage
