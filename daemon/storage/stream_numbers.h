// StreamNumbers: one small number per distinct label set within a cursor.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "base/types/labels.h"

namespace sluice::storage {

class StreamNumbers {
 public:
  // `labels` must outlive this.
  std::uint64_t of(const LabelSet& labels) {
    return numbers_.try_emplace(&labels, numbers_.size() + 1).first->second;
  }

 private:
  struct Hash {
    std::size_t operator()(const LabelSet* labels) const { return labels->hash(); }
  };
  struct Equal {
    bool operator()(const LabelSet* a, const LabelSet* b) const { return *a == *b; }
  };
  std::unordered_map<const LabelSet*, std::uint64_t, Hash, Equal> numbers_;
};

}  // namespace sluice::storage
