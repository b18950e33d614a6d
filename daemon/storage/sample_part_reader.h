// Reads sample parts: SamplePartCache keeps what is needed over and over, SamplePartCursor walks
// over the series of one part that match.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/storage/database.h"
#include "daemon/storage/lru_cache.h"
#include "daemon/storage/sample_part.h"
#include "daemon/storage/samples/label_key.h"
#include "daemon/storage/samples/postings.h"
#include "daemon/storage/samples/sample_group.h"

namespace sluice::storage {

inline constexpr std::uint32_t tables_per_block = 256;

// Indexes, blocks of timestamps and postings, bounded. Safe from any thread.
class SamplePartCache {
 public:
  SamplePartCache(const Database& database, std::size_t max_bytes)
      : database_(database), entries_(max_bytes) {}

  // Error(not_found): the part is gone; corrupt; io.
  Result<std::shared_ptr<const SampleIndex>> index(const SamplePart& part,
                                                   const Snapshot* snapshot);
  using TimeBlock = std::vector<std::string>;
  Result<std::shared_ptr<const TimeBlock>> times(const SamplePart& part, std::uint32_t block,
                                                 const Snapshot* snapshot);
  // Empty: the part has none.
  Result<std::shared_ptr<const PostingsDirectory>> names(const SamplePart& part,
                                                         const Snapshot* snapshot);
  // Unpacked.
  Result<std::shared_ptr<const std::string>> postings(const SamplePart& part, std::uint32_t block,
                                                      const Snapshot* snapshot);
  const Database& database() const { return database_; }

 private:
  const Database& database_;
  LruCache entries_;
};

// Damaged groups are reported and left out; damaged() then says so. `matchers` must outlive it. For
// one thread.
class SamplePartCursor {
 public:
  SamplePartCursor(SamplePartCache& cache, SamplePartPtr part,
                   std::shared_ptr<const Snapshot> snapshot,
                   const std::vector<query::LabelMatcher>& matchers);
  // Of some groups alone, which are known to be all that can match.
  SamplePartCursor(SamplePartCache& cache, SamplePartPtr part,
                   std::shared_ptr<const Snapshot> snapshot,
                   const std::vector<query::LabelMatcher>& matchers, GroupSet groups);

  // The next series that matches; false at the end.
  Result<bool> next();
  // The first one that matches and whose key is not before `key`.
  Result<bool> seek(std::string_view key);
  const std::string& key() const { return keys_[at_ - 1]; }
  const SamplePart& part() const { return *part_; }
  // All samples of the series; none if they are damaged. Error(io).
  Result<SampleRun> read();
  bool damaged() const { return damaged_; }

 private:
  // False and the damage told, if `error` is damage; otherwise the error.
  Result<bool> tell(const Error& error);
  Result<bool> open_index();
  Result<bool> open_group();
  std::size_t place_in_group(std::string_view key) const;
  Result<Value> value(SampleValue what, std::uint32_t index, ValueType type) const;
  Result<SampleRun> read_whole();
  Result<const std::vector<std::int64_t>*> times_of(std::uint32_t table);

  SamplePartCache& cache_;
  const SamplePartPtr part_;
  const std::shared_ptr<const Snapshot> snapshot_;
  const std::vector<query::LabelMatcher>& matchers_;
  KeyMatcher matcher_;
  std::shared_ptr<const SampleIndex> index_;
  std::optional<GroupSet> groups_;      // that may hold something, once the index is open
  std::uint32_t group_ = 0;             // the next to open
  std::vector<std::string> keys_;       // of the open group
  std::size_t at_ = 0;                  // of keys_, behind the current one
  std::optional<SampleGroup> samples_;  // of the open group, once asked for
  std::map<std::uint32_t, std::vector<std::int64_t>> times_;  // decoded tables, few
  bool damaged_ = false;
};

}  // namespace sluice::storage
