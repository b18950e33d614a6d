#include "daemon/storage/sample_part_reader.h"

#include <algorithm>

#include "daemon/storage/part_postings.h"
#include "daemon/storage/samples/packed_body.h"
#include "daemon/storage/samples/time_table.h"

namespace sluice::storage {

namespace {

constexpr std::size_t tables_kept = 64;
// Items of the cache: 0 is the index, blocks of timestamps follow.
constexpr std::uint64_t names_item = std::uint64_t{1} << 40;
constexpr std::uint64_t postings_items = std::uint64_t{2} << 40;

Result<Value> read_value(const Database& database, const SamplePart& part, SampleValue what,
                         std::uint32_t index, ValueType type, const Snapshot* snapshot) {
  const std::string key = sample_value_key(part.day, part.tenant, part.id, what, index);
  SLUICE_TRY(auto value, database.get(Family::sample_rows, key, type, snapshot));
  if (!value)
    return Error{ErrorCode::corrupt, "sample part " + std::to_string(part.id) +
                                         ": nothing under key " + printable_key(key)};
  return std::move(*value);
}

std::size_t memory_of(const SampleIndex& index) {
  std::size_t bytes = 0;
  for (const SampleGroupInfo& group : index)
    bytes += sizeof group + group.first_key.size() + 2 * group.least_name.size();
  return bytes;
}

std::size_t memory_of(const SamplePartCache::TimeBlock& block) {
  std::size_t bytes = 0;
  for (const std::string& table : block) bytes += sizeof table + table.size();
  return bytes;
}

std::size_t memory_of(const PostingsDirectory& directory) {
  std::size_t bytes = 0;
  for (const PostingsSection& section : directory)
    for (const PostingsName& name : section.names) {
      bytes += sizeof name + name.name.size();
      for (const std::string& least : name.least) bytes += sizeof least + least.size();
    }
  return bytes;
}

}  // namespace

Result<std::shared_ptr<const SampleIndex>> SamplePartCache::index(const SamplePart& part,
                                                                  const Snapshot* snapshot) {
  const LruCache::Key key{part.id, 0};
  if (auto found = entries_.find(key)) return std::static_pointer_cast<const SampleIndex>(found);
  SLUICE_TRY(const Value value,
             read_value(database_, part, SampleValue::index, 0, ValueType::sample_index, snapshot));
  SLUICE_TRY(auto decoded, decode_sample_index(value.payload()));
  if (decoded.size() != part.summary.groups)
    return Error{ErrorCode::corrupt, "summary and index of a sample part count groups differently"};
  auto index = std::make_shared<const SampleIndex>(std::move(decoded));
  entries_.insert(key, index, memory_of(*index));
  return index;
}

Result<std::shared_ptr<const SamplePartCache::TimeBlock>> SamplePartCache::times(
    const SamplePart& part, std::uint32_t block, const Snapshot* snapshot) {
  const LruCache::Key key{part.id, std::uint64_t{1} + block};
  if (auto found = entries_.find(key)) return std::static_pointer_cast<const TimeBlock>(found);
  SLUICE_TRY(const Value value, read_value(database_, part, SampleValue::times, block,
                                           ValueType::sample_times, snapshot));
  SLUICE_TRY(auto decoded, decode_time_block(value.payload()));
  auto times = std::make_shared<const TimeBlock>(std::move(decoded));
  entries_.insert(key, times, memory_of(*times));
  return times;
}

Result<std::shared_ptr<const PostingsDirectory>> SamplePartCache::names(const SamplePart& part,
                                                                        const Snapshot* snapshot) {
  const LruCache::Key key{part.id, names_item};
  if (auto found = entries_.find(key))
    return std::static_pointer_cast<const PostingsDirectory>(found);
  const std::string where = sample_value_key(part.day, part.tenant, part.id, SampleValue::names, 0);
  SLUICE_TRY(const auto value,
             database_.get(Family::sample_rows, where, ValueType::sample_names, snapshot));
  PostingsDirectory decoded;
  if (value) {
    SLUICE_TRY(decoded, decode_postings_directory(value->payload(), part.summary.groups));
  }
  auto names = std::make_shared<const PostingsDirectory>(std::move(decoded));
  entries_.insert(key, names, memory_of(*names));
  return names;
}

Result<std::shared_ptr<const std::string>> SamplePartCache::postings(const SamplePart& part,
                                                                     std::uint32_t block,
                                                                     const Snapshot* snapshot) {
  const LruCache::Key key{part.id, postings_items + block};
  if (auto found = entries_.find(key)) return std::static_pointer_cast<const std::string>(found);
  SLUICE_TRY(const Value value, read_value(database_, part, SampleValue::postings, block,
                                           ValueType::sample_postings, snapshot));
  SLUICE_TRY(auto body, unpack_zstd(value.payload()));
  auto postings = std::make_shared<const std::string>(std::move(body));
  entries_.insert(key, postings, sizeof *postings + postings->size());
  return postings;
}

SamplePartCursor::SamplePartCursor(SamplePartCache& cache, SamplePartPtr part,
                                   std::shared_ptr<const Snapshot> snapshot,
                                   const std::vector<query::LabelMatcher>& matchers)
    : cache_(cache),
      part_(std::move(part)),
      snapshot_(std::move(snapshot)),
      matchers_(matchers),
      matcher_(matchers) {}

SamplePartCursor::SamplePartCursor(SamplePartCache& cache, SamplePartPtr part,
                                   std::shared_ptr<const Snapshot> snapshot,
                                   const std::vector<query::LabelMatcher>& matchers,
                                   GroupSet groups)
    : SamplePartCursor(cache, std::move(part), std::move(snapshot), matchers) {
  groups_ = std::move(groups);
}

Result<bool> SamplePartCursor::tell(const Error& error) {
  if (error.code != ErrorCode::corrupt) return error;
  cache_.database().report_corrupt(error);
  damaged_ = true;
  return false;
}

Result<Value> SamplePartCursor::value(SampleValue what, std::uint32_t index, ValueType type) const {
  return read_value(cache_.database(), *part_, what, index, type, snapshot_.get());
}

Result<bool> SamplePartCursor::open_index() {
  if (index_) return true;
  auto index = cache_.index(*part_, snapshot_.get());
  if (index) {
    if (!groups_) {
      SLUICE_TRY(groups_,
                 PartPostings(cache_, *part_, snapshot_.get()).candidates(**index, matchers_));
    }
    index_ = std::move(*index);
    return true;
  }
  index_ = std::make_shared<const SampleIndex>();  // nothing of it can be found
  return tell(index.error());
}

// The labels of the next group that may hold something; false at the end.
Result<bool> SamplePartCursor::open_group() {
  samples_.reset();
  keys_.clear();
  at_ = 0;
  while (group_ < index_->size()) {
    const SampleGroupInfo& info = (*index_)[group_++];
    if (!groups_->contains(group_ - 1)) continue;
    const auto payload = value(SampleValue::labels, group_ - 1, ValueType::sample_labels);
    auto keys = payload ? decode_group_labels(payload->payload())
                        : Result<std::vector<std::string>>(payload.error());
    if (keys && keys->size() != info.series)
      keys = Error{ErrorCode::corrupt, "index and labels of a sample group count differently"};
    if (!keys) {
      SLUICE_CHECK(tell(keys.error()));
      continue;
    }
    keys_ = std::move(*keys);
    return true;
  }
  return false;
}

Result<bool> SamplePartCursor::next() {
  SLUICE_TRY(const bool opened, open_index());
  if (!opened) return false;
  for (;;) {
    while (at_ < keys_.size())
      if (matcher_.matches(keys_[at_++])) return true;
    SLUICE_TRY(const bool more, open_group());
    if (!more) return false;
  }
}

Result<bool> SamplePartCursor::seek(std::string_view key) {
  SLUICE_TRY(const bool opened, open_index());
  if (!opened) return false;
  if (!keys_.empty() && keys_.front() <= key && key <= keys_.back()) {
    at_ = place_in_group(key);  // it is open already
    return next();
  }
  const auto after = std::upper_bound(
      index_->begin(), index_->end(), key,
      [](std::string_view k, const SampleGroupInfo& info) { return k < info.first_key; });
  group_ = static_cast<std::uint32_t>(after == index_->begin() ? 0 : after - index_->begin() - 1);
  SLUICE_TRY(const bool any, open_group());
  if (!any) return false;
  at_ = place_in_group(key);
  return next();
}

std::size_t SamplePartCursor::place_in_group(std::string_view key) const {
  const auto place = std::lower_bound(keys_.begin(), keys_.end(), key);
  return static_cast<std::size_t>(place - keys_.begin());
}

Result<const std::vector<std::int64_t>*> SamplePartCursor::times_of(std::uint32_t table) {
  if (const auto known = times_.find(table); known != times_.end()) return &known->second;
  SLUICE_TRY(const auto block, cache_.times(*part_, table / tables_per_block, snapshot_.get()));
  if (table % tables_per_block >= block->size())
    return Error{ErrorCode::corrupt, "a sample part lacks a table of timestamps"};
  SLUICE_TRY(auto times, read_times((*block)[table % tables_per_block]));
  if (times_.size() >= tables_kept) times_.clear();
  return &(times_[table] = std::move(times));
}

Result<SampleRun> SamplePartCursor::read_whole() {
  if (!samples_) {
    SLUICE_TRY(const Value payload,
               value(SampleValue::values, group_ - 1, ValueType::sample_values));
    SLUICE_TRY(samples_, SampleGroup::decode(payload.payload()));
    if (samples_->size() != keys_.size()) {
      samples_.reset();
      return Error{ErrorCode::corrupt, "labels and samples of a group count series differently"};
    }
  }
  SLUICE_TRY(const auto* times, times_of(samples_->table(at_ - 1)));
  return samples_->read(at_ - 1, *times);
}

Result<SampleRun> SamplePartCursor::read() {
  auto run = read_whole();
  if (run) return run;
  SLUICE_CHECK(tell(run.error()));
  return SampleRun{};
}

}  // namespace sluice::storage
