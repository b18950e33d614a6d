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
    if (hidden_ == nullptr) return false;
    row.line(line_);
    return hides(*hidden_, row.timestamp(), line_);
  }

 private:
  const Tombstones& tombstones_;
  const Part& part_;
  const LabelSet* labels_ = nullptr;  // in the part's directory
  const std::vector<Tombstone>* hidden_ = nullptr;
  std::string line_;
};

struct MergeInput {
  std::unique_ptr<PartReader> reader;
  RowDropper dropper;
  std::vector<std::uint32_t> ranks;  // of the part's streams among those of all parts

  // Order of the current rows.
  bool before(const MergeInput& other) const {
    const std::uint32_t rank = ranks[reader->stream()];
    const std::uint32_t rank_there = other.ranks[other.reader->stream()];
    if (rank != rank_there) return rank < rank_there;
    if (reader->timestamp() != other.reader->timestamp())
      return reader->timestamp() < other.reader->timestamp();
    return reader->sequence() < other.reader->sequence();
  }
};

}  // namespace sluice::storage
