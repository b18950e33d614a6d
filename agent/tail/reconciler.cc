#include "agent/tail/reconciler.h"

#include "agent/tail/copies.h"
#include "base/telemetry/log.h"

namespace sluice::agent {
namespace {

constexpr std::size_t most_copies = 10'000;  // remembered

}  // namespace
Reconciler::Reconciler(SourceTable& table, AgentMetrics& metrics, TailOptions options,
                       std::shared_ptr<const GroupSet> groups)
    : table_(table), metrics_(metrics), options_(std::move(options)), groups_(std::move(groups)) {}

void Reconciler::set_groups(std::shared_ptr<const GroupSet> groups) {
  groups_ = std::move(groups);
  table_.for_each(
      [this](Source& source) { source.followed = groups_->match(source.record.name) != nullptr; });
}

void Reconciler::look_at(const std::string& path, Moment now) {
  if (const auto* group = groups_->match(path)) look_at_file(path, *group, now);
}

void Reconciler::look_at_file(const std::string& path, const CompiledGroup& group, Moment now) {
  const auto stat = stat_path(path);
  Source* occupant = table_.by_path(path);
  if (!stat || !stat->regular) {
    if (occupant != nullptr) on_gone(*occupant, Sighting::missing, now);
    return;
  }
  Source* known = table_.by_file(stat->id);
  if (known != nullptr && same_file(known->record.print.id, stat->id))
    return on_known(*known, path, *stat, now);
  if (known != nullptr && known != occupant) on_gone(*known, Sighting::missing, now);
  if (occupant != nullptr) on_gone(*occupant, Sighting::other_file, now);
  on_unknown(path, group, *stat, now);
}

void Reconciler::on_known(Source& source, const std::string& path, const FileStat& stat,
                          Moment now) {
  auto& record = source.record;
  source.sweep = sweep_;
  const bool elsewhere = record.path != path || record.phase != Phase::live;
  if (elsewhere) {
    const auto at_old_path =
        record.phase == Phase::live ? stat_path(record.path) : Result<FileStat>(Error{});
    if (at_old_path && same_file(at_old_path->id, stat.id)) return;  // a link to the same file
    if (Source* occupant = table_.by_path(path); occupant != nullptr && occupant != &source)
      on_gone(*occupant, Sighting::other_file, now);
    record.phase = Phase::live;
    table_.move_to_path(source, path);
  }
  record.gone_since = 0;
  source.links = stat.links;
  if (stat.modified_ns != source.modified_ns && stat.size == source.seen) source.verified = false;
  source.modified_ns = stat.modified_ns;
  const Look look{true, stat.id, stat.size, content_holds(source)};
  if (classify(record, look) == Sighting::truncated) return on_truncated(source, now);
  if (stat.size < source.seen) source.pace.grew(now.mono);  // shrank: the reader will see how
  source.observe(stat.size, now.mono);
  table_.touch(source);
}

// Once per start: whether the file is still the one that the checkpoint describes.
bool Reconciler::content_holds(Source& source) {
  if (source.verified) return true;
  auto file = File::open(source.record.path);  // closed again: there may be many
  if (!file) return true;                      // cannot tell; the reader will meet the same error
  const auto same = content_matches(*file, source.record.print, source.record.acked);
  source.verified = same.has_value();
  return !same || *same;
}

void Reconciler::on_unknown(const std::string& path, const CompiledGroup& group,
                            const FileStat& stat, Moment now) {
  const auto older = options_.max_files <= table_.size();
  if (older) return metrics_.sweeps_truncated.inc();
  const auto age = now.wall - from_unix_ns(stat.modified_ns);
  const auto limit = group.options.ignore_older;
  if (limit > Duration{0} && age > limit) return;
  if (is_copy_of_known(path, stat, now)) return;
  start_generation(path, stat, now);
}

bool Reconciler::is_copy_of_known(const std::string& path, const FileStat& stat, Moment now) {
  const auto key = std::pair{stat.id.device, stat.id.inode};
  if (const auto it = copies_.find(key); it != copies_.end() && it->second == stat.size)
    return true;
  const auto slash = path.rfind('/') + 1;
  for (const auto& name : possible_originals(path.substr(slash))) {
    const Source* original = table_.by_path(path.substr(0, slash) + name);
    if (original == nullptr) continue;
    const auto original_file = File::open(original->record.path);
    const auto file = File::open(path);
    if (!original_file || !file) continue;
    const auto verdict = compare_with_copy(original->record, *original_file, *file, now.wall);
    if (verdict == CopyVerdict::unrelated) continue;
    if (copies_.size() >= most_copies) copies_.clear();
    if (verdict == CopyVerdict::copy) copies_[key] = stat.size;
    return true;
  }
  return false;
}

Source& Reconciler::start_generation(const std::string& path, const FileStat& stat, Moment now) {
  SourceRecord record;
  record.id = random_source_id();
  record.path = path;
  record.name = path;
  record.print.id = stat.id;
  Source& source = table_.add(std::move(record));
  source.verified = true;
  source.sweep = sweep_;
  source.links = stat.links;
  source.observe(stat.size, now.mono);
  table_.touch(source);
  log_debug("following", {{"path", path}, {"source", source.record.id}, {"bytes", stat.size}});
  return source;
}

void Reconciler::on_renamed(const std::string& first, const std::string& path, Moment now) {
  const auto* group = groups_->match(first);
  if (group == nullptr || groups_->match(path) != nullptr) return;
  const auto stat = stat_path(path);
  if (!stat || !stat->regular || table_.by_file(stat->id) != nullptr) return;
  if (Source* occupant = table_.by_path(first)) on_gone(*occupant, Sighting::missing, now);
  Source& source = start_generation(first, *stat, now);
  table_.leave_path(source);
  source.record.path = path;
  source.record.phase = Phase::draining;
  source.draining_since = now.mono;
  table_.touch(source);
}

void Reconciler::on_truncated(Source& source, Moment now) {
  metrics_.truncations.inc();
  const auto path = source.record.path;
  const bool was_live = source.record.phase == Phase::live;
  const auto stat = stat_path(path);
  source.file.close();
  const bool copied = move_to_copy(source);
  if (!copied) table_.leave_file(source);
  source.loss = LossReason::overwritten;
  apply(source, decide(Sighting::truncated, source.record.unread(), copied), now);
  const bool free = stat && stat->regular && table_.by_file(stat->id) == nullptr;
  if (was_live && free) start_generation(path, *stat, now);
}

bool Reconciler::move_to_copy(Source& source) {
  auto copy = find_copy(source.record);
  if (!copy) return false;
  if (Source* other = table_.by_file(copy->stat.id)) {
    if (other->record.acked > 0 || other->in_flight) return false;  // it has a life of its own
    table_.erase(*other);
  }
  log_info(
      "file was copied and truncated; going on in the copy",
      {{"path", source.record.path}, {"copy", copy->path}, {"unread", source.record.unread()}});
  table_.leave_path(source);
  table_.move_to_file(source, copy->stat.id);
  source.record.path = copy->path;
  source.file = std::move(copy->file);
  source.record.size = source.seen = copy->stat.size;
  metrics_.copies_recovered.inc();
  return true;
}

void Reconciler::on_gone(Source& source, Sighting sighting, Moment now) {
  if (sighting == Sighting::other_file) metrics_.rotations.inc();
  const bool readable = source.file.is_open() || reopen_elsewhere(source);
  source.loss = LossReason::deleted;
  apply(source, decide(sighting, source.record.unread(), readable), now);
}

// A renamed file: the same inode under another name in its directory.
bool Reconciler::reopen_elsewhere(Source& source) {
  const auto path = find_in_directory(directory_of(source.record.path), source.record.print.id);
  if (!path) return false;
  auto file = File::open(*path);
  if (!file) return false;
  const auto same = content_matches(*file, source.record.print, source.record.acked);
  if (!same || !*same) return false;
  table_.leave_path(source);
  source.record.path = *path;
  source.file = std::move(*file);
  return true;
}

void Reconciler::apply(Source& source, const Fate& fate, Moment now) {
  table_.leave_path(source);
  source.record.phase = fate.phase;
  source.draining_since = now.mono;
  if (fate.phase == Phase::lost && !source.in_flight) declare_loss(source);
  if (fate.phase == Phase::done) {
    const bool nothing_on_disk = source.loss == LossReason::overwritten;
    if (nothing_on_disk && !source.in_flight) return table_.erase(source);
    source.record.gone_since = unix_ns(now.wall) / 1'000'000'000;
    source.file.close();
  }
  table_.touch(source);
}

void Reconciler::declare_loss(Source& source) {
  const auto bytes = source.record.unread();
  Counter* counter = &metrics_.lost_deleted;
  if (source.loss == LossReason::overwritten) counter = &metrics_.lost_overwritten;
  if (source.loss == LossReason::abandoned) counter = &metrics_.lost_abandoned;
  counter->inc(static_cast<double>(bytes));
  log_error("bytes of a log file vanished before they were read",
            {{"path", source.record.path}, {"bytes", bytes}, {"why", to_string(source.loss)}});
}

}  // namespace sluice::agent
