// LabelTable: gives each distinct set of labels a small number.
//
// Lines carry their labels as unsorted views; looking a set up costs one hash per label and no
// allocation, and keeping one costs its bytes and a view of each. Used to group lines into result
// streams and into series. One thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "query/logql/line_arena.h"
#include "query/logql/line_labels.h"
#include "query/value.h"

namespace sluice::query::logql {

class LabelTable {
 public:
  // The number of this set; `added` tells whether it is new. A label's origin is part of the set.
  // Values must not be empty, names must not repeat; the order does not matter.
  std::size_t intern(std::span<const LabelView> labels, bool& added) {
    return intern(labels, hash_of(labels), added);
  }
  // The same with the hash known.
  std::size_t intern(std::span<const LabelView> labels, std::uint64_t hash, bool& added);
  // Of many sets that intern() is about to be asked for: their places in memory, all at once rather
  // than one wait after the other. Changes nothing else.
  void prefetch(std::span<const std::uint64_t> hashes) const;
  static std::uint64_t hash_of(std::span<const LabelView> labels);
  // By name. Valid until the next intern().
  std::span<const LabelView> at(std::size_t index) const {
    return std::span(labels_).subspan(sets_[index].begin, sets_[index].count);
  }
  std::uint64_t hash_at(std::size_t index) const { return sets_[index].hash; }
  std::size_t size() const { return sets_.size(); }
  // Approximate heap bytes of a set.
  std::size_t cost(std::size_t index) const;

 private:
  struct Set {
    std::uint64_t hash = 0;
    std::size_t begin = 0;  // in labels_
    std::size_t count = 0;
  };
  // Open addressing with linear probing, at most half full.
  struct Place {
    std::uint32_t hash = 0;
    std::uint32_t set = 0;  // + 1; 0: free
  };
  std::size_t add(std::uint64_t hash, std::span<const LabelView> labels);
  std::string_view kept_name(std::string_view name);
  void grow();

  std::vector<Set> sets_;
  std::vector<LabelView> labels_;
  std::vector<Place> places_ = std::vector<Place>(64);
  std::vector<std::string_view> names_;  // the last ones kept; sets mostly share theirs
  LineArena texts_;
};

LabelSet label_set(std::span<const LabelView> labels);
// An empty result stream with these labels, told apart by origin.
LogStream result_stream(std::span<const LabelView> labels);

}  // namespace sluice::query::logql
