// SamplePartWriter: writes the values of a sample part, in steps of a few MiB. Nobody sees them
// until the caller puts the summary in a step of its own; what has none is removed at start.
// For one thread.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/storage/database.h"
#include "daemon/storage/sample_part.h"
#include "daemon/storage/samples/postings_builder.h"
#include "daemon/storage/samples/sample_group.h"

namespace sluice::storage {

class SamplePartWriter {
 public:
  SamplePartWriter(Database& database, TenantId tenant, Day day, PartId id, int zstd_level);

  // Keys ascend strictly; at least one sample, all of one window.
  Result<void> add(std::string key, SampleRun run);
  bool empty() const { return part_.summary.series == 0; }
  // Everything is written but the summary, whose number the caller sets.
  Result<SamplePart> finish();
  // Removes what was written, as far as that works.
  void abandon();

 private:
  std::uint32_t table_of(const std::vector<Sample>& samples);
  void put(SampleValue what, std::uint32_t index, ValueType type, const std::string& payload);
  void put_group();
  void put_tables();
  void put_postings(const std::string& payload);
  void put_names();
  Result<void> write_if(std::size_t bytes);

  Database& database_;
  const int level_;
  SamplePart part_;
  Batch step_;
  std::vector<GroupSeries> group_;
  std::size_t group_samples_ = 0;
  SampleIndex index_;
  PostingsBuilder postings_;
  std::uint32_t postings_blocks_ = 0;
  std::vector<std::string> tables_;  // of the block that is being filled
  std::uint32_t table_blocks_ = 0;
  std::unordered_map<std::string, std::uint32_t> known_tables_;
  std::size_t known_bytes_ = 0;
};

}  // namespace sluice::storage
