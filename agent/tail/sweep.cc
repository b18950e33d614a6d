// Reconciler's full look: every glob, every file that is not under its path any more, every
// generation that can be forgotten.
#include "agent/tail/reconciler.h"
#include "base/telemetry/log.h"

namespace sluice::agent {
namespace {

constexpr std::int64_t remembered_seconds = 86'400;  // of files that are gone

std::int64_t unix_seconds(Timestamp t) {
  return unix_ns(t) / 1'000'000'000;
}

}  // namespace

std::set<std::string> Reconciler::sweep(Moment now) {
  ++sweep_;
  metrics_.sweeps.inc();
  std::set<std::string> directories;
  WalkLimits limits;
  limits.max_files = options_.max_files;
  for (const auto& group : groups_->groups()) {
    for (const auto& glob : group.paths) {
      const auto found = walk(glob, list_directory, limits);
      if (found.truncated) metrics_.sweeps_truncated.inc();
      directories.insert(found.directories.begin(), found.directories.end());
      for (const auto& path : found.files)
        if (groups_->match(path) == &group) look_at_file(path, group, now);
    }
  }
  check_missing(now);
  limit_deleted_bytes(now);
  return directories;
}

void Reconciler::check_missing(Moment now) {
  table_.for_each([&](Source& source) {
    if (source.sweep == sweep_) return;
    if (source.record.phase == Phase::live && source.followed) {
      const auto stat = stat_path(source.record.path);
      if (!stat || !same_file(stat->id, source.record.print.id))
        return on_gone(source, stat ? Sighting::other_file : Sighting::missing, now);
    }
    retire(source, now);
  });
}

// Drops what has been gone for a day, so the checkpoint does not grow for ever.
void Reconciler::retire(Source& source, Moment now) {
  if (source.in_flight || (source.record.phase != Phase::done && source.followed)) return;
  auto& gone = source.record.gone_since;
  if (gone == 0) gone = unix_seconds(now.wall);
  if (unix_seconds(now.wall) - gone > remembered_seconds) table_.erase(source);
}

void Reconciler::finish(Source& source, Moment now) {
  log_debug("read to its end", {{"path", source.record.path}, {"source", source.record.id}});
  source.file.close();
  source.record.phase = Phase::done;
  source.record.gone_since = unix_seconds(now.wall);
  table_.touch(source);
}

bool Reconciler::ensure_open(Source& source, Moment now) {
  if (source.file.is_open()) return true;
  auto file = File::open(source.record.path);
  const auto stat = file ? file->stat() : Result<FileStat>(file.error());
  if (stat && same_file(stat->id, source.record.print.id)) {
    source.file = std::move(*file);
    return true;
  }
  if (stat || stat.error().code == ErrorCode::not_found) {  // it is not what is at its path
    const bool live = source.record.phase == Phase::live;
    if (live && source.followed)
      look_at(std::string(source.record.path), now);
    else
      on_gone(source, Sighting::missing, now);
    return false;
  }
  metrics_.read_errors.inc();
  source.unreadable = true;
  log_warn("cannot open log file", {{"path", source.record.path}, {"error", stat.error()}});
  source.pace.not_before(now.mono + std::chrono::seconds(10));
  return false;
}

// A deleted file's blocks are freed when we close it. Past the limit the disk is worth more.
void Reconciler::limit_deleted_bytes(Moment now) {
  std::uint64_t held = 0;
  table_.for_each([&](Source& source) {
    if (source.record.phase != Phase::draining || !source.file.is_open()) return;
    const auto stat = source.file.stat();
    if (!stat || stat->links > 0) return;
    source.observe(stat->size, now.mono);
    held += source.unread();
    if (held <= options_.deleted_hold_bytes) return;
    held -= source.unread();
    source.file.close();
    source.loss = LossReason::abandoned;
    apply(source, {Phase::lost, false}, now);
  });
  metrics_.deleted_held_bytes.set(static_cast<double>(held));
}

}  // namespace sluice::agent
