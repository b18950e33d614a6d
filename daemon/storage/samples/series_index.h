// SeriesIndex: the series of a tenant that are in the head, found by the hash of their key and by
// their labels: names and values are symbols, each pair has a bitmap of the series that carry it.
// Thread-compatible; in the store it is protected by the mutex of its tenant.
#pragma once

#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "daemon/storage/samples/head_series.h"
#include "daemon/storage/samples/slot_set.h"

namespace sluice::storage {

using HeadSeriesPtr = std::shared_ptr<HeadSeries>;

class SeriesIndex {
 public:
  HeadSeries* find(const KeyHash& hash) const;  // or null
  // `labels`: in order of names, each once. The series must not be there.
  HeadSeries& add(const KeyHash& hash, std::span<const LabelView> labels, std::uint64_t number);
  void remove(const HeadSeries& series);
  std::size_t size() const { return count_; }

  struct Matched {
    std::string key;
    HeadSeriesPtr series;
  };
  // In no order.
  std::vector<Matched> match(const std::vector<query::LabelMatcher>& matchers) const;

  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const HeadSeriesPtr& series : slots_)
      if (series) visit(series);
  }

 private:
  // Of a table with linear probing. The tag spares most looks at the series.
  struct Entry {
    std::uint32_t slot = 0;  // plus one; 0: free
    std::uint32_t tag = 0;
  };
  struct Pair {
    const Symbol* name;
    const Symbol* value;
    friend bool operator==(const Pair&, const Pair&) = default;
  };
  struct PairHash {
    std::size_t operator()(const Pair& pair) const {
      return std::hash<const void*>{}(pair.name) * 0x9E3779B97F4A7C15ULL +
             std::hash<const void*>{}(pair.value);
    }
  };
  std::size_t home(const KeyHash& hash) const { return hash.low & (table_.size() - 1); }
  std::size_t place_of(const KeyHash& hash) const;  // of the entry, or of the free one after it
  void grow();
  std::uint32_t free_slot();
  bool smallest_posting(const std::vector<query::LabelMatcher>& matchers,
                        const SlotSet*& smallest) const;

  Symbols symbols_;
  std::vector<HeadSeriesPtr> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::vector<Entry> table_;
  std::unordered_map<Pair, SlotSet, PairHash> postings_;
  std::size_t count_ = 0;
};

}  // namespace sluice::storage
