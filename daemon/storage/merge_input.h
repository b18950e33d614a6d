// MergeInput: one of the parts a merge reads, without the rows that tombstones hide.
#pragma once

#include <memory>
#include <vector>

#include "daemon/storage/part_reader.h"
#include "daemon/storage/tombstones.h"

namespace sluice::storage {

// Drops the rows that tombstones hide, from one part.
class RowDropper {
 public:
  RowDropper(const Tombstones& tombstones, const Part& part)
      : tombstones_(tombstones), part_(part) {}

  bool drops(const PartReader& row) {
    if (tombstones_.empty()) return false;
    if (&row.labels() != labels_) {
      labels_ = &row.labels();
      hidden_ = tombstones_.for_stream(*labels_, part_.summary.first, part_.summary.last, part_.id);
    }
    return hidden_ && hides(*hidden_, row.timestamp(), row.line());
  }

 private:
  const Tombstones& tombstones_;
  const Part& part_;
  const LabelSet* labels_ = nullptr;  // in the part's directory
  const std::vector<Tombstone>* hidden_ = nullptr;
};

struct MergeInput {
  std::unique_ptr<PartReader> reader;
  RowDropper dropper;
};

}  // namespace sluice::storage
