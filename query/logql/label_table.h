// LabelTable: gives each distinct set of labels a small number.
//
// Lines carry their labels as unsorted views; looking a set up costs one hash per label and no
// allocation. Used to group lines into result streams and into series. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "query/logql/line_labels.h"
#include "query/value.h"

namespace sluice::query::logql {

class LabelTable {
 public:
  struct Group {
    LabelSet labels;
    std::vector<Origin> origins;  // parallel to labels; part of the identity
  };

  // The number of this set; `added` tells whether it is new. Values must not be empty, names must
  // not repeat; the order does not matter.
  std::size_t intern(std::span<const LabelView> labels, bool& added);
  const Group& at(std::size_t index) const { return groups_[index]; }
  std::size_t size() const { return groups_.size(); }
  // Approximate heap bytes of a group.
  static std::size_t cost(const Group& group);

 private:
  std::vector<Group> groups_;
  std::unordered_multimap<std::uint64_t, std::size_t> by_hash_;
};

// An empty result stream with the group's labels, told apart by origin.
LogStream result_stream(const LabelTable::Group& group);

}  // namespace sluice::query::logql
