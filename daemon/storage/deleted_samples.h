// DeletedSamples: what delete_series took away of one tenant, for merges that leave it out and so
// free its space. For one thread.
#pragma once

#include <string_view>
#include <vector>

#include "daemon/storage/sample_deletions.h"
#include "daemon/storage/sample_part_reader.h"
#include "daemon/storage/samples/label_key.h"

namespace sluice::storage {

class DeletedSamples {
 public:
  explicit DeletedSamples(SampleDeletionList deletions);
  DeletedSamples(const DeletedSamples&) = delete;
  DeletedSamples& operator=(const DeletedSamples&) = delete;

  // The number of the last deletion; 0: there is none.
  std::uint64_t last() const;
  // Of a series; histograms keep their places in their list.
  void erase(std::string_view key, std::vector<Sample>& samples);
  // Whether the part has samples that deletions after number `after` took away. Error(io).
  Result<bool> any_in(SamplePartCache& cache, const SamplePartPtr& part, std::uint64_t after) const;

 private:
  const SampleDeletionList deletions_;
  std::vector<KeyMatcher> matchers_;  // parallel
};

}  // namespace sluice::storage
