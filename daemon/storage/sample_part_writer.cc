#include "daemon/storage/sample_part_writer.h"

#include <algorithm>

#include "base/telemetry/log.h"
#include "base/types/assert.h"
#include "daemon/storage/sample_part_reader.h"
#include "daemon/storage/samples/label_key.h"
#include "daemon/storage/samples/time_table.h"

namespace sluice::storage {

namespace {

constexpr std::size_t group_series_max = 512;
constexpr std::size_t group_samples_max = 64 << 10;
constexpr std::size_t step_bytes = 4 << 20;
// Past it equal tables are written again: a part whose series share nothing.
constexpr std::size_t known_bytes_max = 16 << 20;

std::string metric_name_of(std::string_view key) {
  LabelKeyReader reader(key);
  for (LabelView label; reader.next(label);)
    if (label.name == metric_name_label) return std::string(label.value);
  return {};
}

SampleGroupInfo info_of(const std::vector<GroupSeries>& group) {
  SampleGroupInfo info;
  info.first_key = group.front().key;
  info.series = static_cast<std::uint32_t>(group.size());
  info.least_name = info.greatest_name = metric_name_of(group.front().key);
  for (const GroupSeries& series : group) {
    std::string name = metric_name_of(series.key);
    if (name < info.least_name)
      info.least_name = std::move(name);
    else if (name > info.greatest_name)
      info.greatest_name = std::move(name);
  }
  return info;
}

}  // namespace

SamplePartWriter::SamplePartWriter(Database& database, TenantId tenant, Day day, PartId id,
                                   int zstd_level)
    : database_(database), level_(zstd_level), step_(database.batch()), postings_(zstd_level) {
  part_.day = day;
  part_.tenant = std::move(tenant);
  part_.id = id;
  part_.summary.first_ms = INT64_MAX;
  part_.summary.last_ms = INT64_MIN;
}

std::uint32_t SamplePartWriter::table_of(const std::vector<Sample>& samples) {
  std::string table;
  put_times(table, samples);
  if (const auto known = known_tables_.find(table); known != known_tables_.end())
    return known->second;
  const std::uint32_t id = part_.summary.tables++;
  known_bytes_ += table.size() + 64;
  if (known_bytes_ > known_bytes_max) {
    known_tables_.clear();
    known_bytes_ = table.size() + 64;
  }
  known_tables_.emplace(table, id);
  tables_.push_back(std::move(table));
  if (tables_.size() == tables_per_block) put_tables();
  return id;
}

void SamplePartWriter::put(SampleValue what, std::uint32_t index, ValueType type,
                           const std::string& payload) {
  const std::string key = sample_value_key(part_.day, part_.tenant, part_.id, what, index);
  part_.summary.bytes += key.size() + payload.size();
  step_.put(Family::sample_rows, key, type, payload);
}

void SamplePartWriter::put_tables() {
  if (tables_.empty()) return;
  put(SampleValue::times, table_blocks_++, ValueType::sample_times,
      encode_time_block(tables_, level_));
  tables_.clear();
}

void SamplePartWriter::put_postings(const std::string& payload) {
  put(SampleValue::postings, postings_blocks_++, ValueType::sample_postings, payload);
}

void SamplePartWriter::put_names() {
  const auto& directory = postings_.finish([&](const std::string& block) { put_postings(block); });
  put(SampleValue::names, 0, ValueType::sample_names, encode_postings_directory(directory, level_));
}

void SamplePartWriter::put_group() {
  if (group_.empty()) return;
  for (const GroupSeries& series : group_) postings_.add(series.key);
  postings_.end_group([&](const std::string& block) { put_postings(block); });
  const std::uint32_t index = part_.summary.groups++;
  put(SampleValue::labels, index, ValueType::sample_labels, encode_group_labels(group_, level_));
  put(SampleValue::values, index, ValueType::sample_values, encode_group_samples(group_, level_));
  index_.push_back(info_of(group_));
  group_.clear();
  group_samples_ = 0;
}

Result<void> SamplePartWriter::write_if(std::size_t bytes) {
  if (step_.empty() || step_.bytes() < bytes) return {};
  SLUICE_CHECK(database_.write(step_, Writer::maintenance));
  step_ = database_.batch();
  return {};
}

Result<void> SamplePartWriter::add(std::string key, SampleRun run) {
  SLUICE_ASSERT(!run.samples.empty());
  SamplePartSummary& summary = part_.summary;
  summary.first_ms = std::min(summary.first_ms, run.samples.front().timestamp_ms);
  summary.last_ms = std::max(summary.last_ms, run.samples.back().timestamp_ms);
  ++summary.series;
  summary.samples += run.samples.size();
  group_samples_ += run.samples.size();
  const std::uint32_t table = table_of(run.samples);
  group_.push_back({std::move(key), table, std::move(run)});
  if (group_.size() >= group_series_max || group_samples_ >= group_samples_max) put_group();
  return write_if(step_bytes);
}

Result<SamplePart> SamplePartWriter::finish() {
  put_group();
  put_tables();
  put_names();
  put(SampleValue::index, 0, ValueType::sample_index, encode_sample_index(index_, level_));
  SLUICE_CHECK(write_if(0));
  return part_;
}

void SamplePartWriter::abandon() {
  Batch step = database_.batch();
  const std::string prefix = part_.key();
  step.remove_range(Family::sample_rows, prefix, prefix_end(prefix));
  if (auto removed = database_.write(step, Writer::maintenance); !removed)
    log_warn("what a failed step left is removed at the next start", {{"error", removed.error()}});
}

}  // namespace sluice::storage
