#include "daemon/storage/deleted_samples.h"

#include <algorithm>

namespace sluice::storage {

namespace {

bool covers_any(const SampleDeletion& deletion, const std::vector<Sample>& samples) {
  return std::any_of(samples.begin(), samples.end(),
                     [&](const Sample& sample) { return deletion.covers(sample.timestamp_ms); });
}

Result<bool> holds_deleted(SamplePartCursor& cursor, const SampleDeletion& deletion) {
  for (;;) {
    SLUICE_TRY(const bool more, cursor.next());
    if (!more) return false;
    SLUICE_TRY(const SampleRun run, cursor.read());
    if (covers_any(deletion, run.samples)) return true;
  }
}

}  // namespace

DeletedSamples::DeletedSamples(SampleDeletionList deletions) : deletions_(std::move(deletions)) {
  for (const SampleDeletion& deletion : *deletions_) matchers_.emplace_back(deletion.matchers);
}

std::uint64_t DeletedSamples::last() const {
  return deletions_->empty() ? 0 : deletions_->back().number;
}

void DeletedSamples::erase(std::string_view key, std::vector<Sample>& samples) {
  for (std::size_t i = 0; i < matchers_.size(); ++i) {
    const SampleDeletion& deletion = (*deletions_)[i];
    if (!covers_any(deletion, samples) || !matchers_[i].matches(key)) continue;
    std::erase_if(samples,
                  [&](const Sample& sample) { return deletion.covers(sample.timestamp_ms); });
  }
}

Result<bool> DeletedSamples::any_in(SamplePartCache& cache, const SamplePartPtr& part,
                                    std::uint64_t after) const {
  for (const SampleDeletion& deletion : *deletions_) {
    if (deletion.number <= after || !part->overlaps(deletion.first_ms, deletion.last_ms)) continue;
    SamplePartCursor cursor(cache, part, cache.database().snapshot(), deletion.matchers);
    SLUICE_TRY(const bool found, holds_deleted(cursor, deletion));
    if (found) return true;
  }
  return false;
}

}  // namespace sluice::storage
