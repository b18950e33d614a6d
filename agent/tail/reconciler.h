// Reconciler: makes the table of sources agree with what is on the disk.
//
// Looks at paths (all of them in a sweep, one when the kernel reports a change), asks lifecycle.h
// what it means, and changes the table: new generations, renames, generations that are draining,
// lost or are done. Never reads lines. Tailer's thread only.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "agent/tail/groups.h"
#include "agent/tail/lifecycle.h"
#include "agent/tail/source.h"
#include "agent/telemetry/agent_metrics.h"

namespace sluice::agent {

class Reconciler {
 public:
  Reconciler(SourceTable& table, AgentMetrics& metrics, TailOptions options,
             std::shared_ptr<const GroupSet> groups);

  void set_groups(std::shared_ptr<const GroupSet> groups);

  // The labels of the source's lines, computed when needed: there may be many sources.
  LabelSet labels_of(const Source& source) const {
    return groups_->labels(groups_->match(source.record.name), source.record.name);
  }
  // Everything. Returns the directories that were listed.
  std::set<std::string> sweep(Moment now);
  // One path that changed.
  void look_at(const std::string& path, Moment now);
  // A file that was `first` when it was created is at `path` now. Takes up files that were renamed
  // out of the globs before they were ever seen.
  void on_renamed(const std::string& first, const std::string& path, Moment now);
  // A read found another generation in the source's file.
  void on_truncated(Source& source, Moment now);
  // Opens the source's file if it is closed; if that fails the source's fate is decided here.
  bool ensure_open(Source& source, Moment now);
  // Nothing is left to read of a draining source.
  void finish(Source& source, Moment now);
  // Counts and logs the unread bytes of a source that can no longer be read.
  void declare_loss(Source& source);
  // A lost source's marker was sent, or it needs none.
  void forget(Source& source) { table_.erase(source); }

 private:
  void look_at_file(const std::string& path, const CompiledGroup& group, Moment now);
  void on_known(Source& source, const std::string& path, const FileStat& stat, Moment now);
  void on_unknown(const std::string& path, const CompiledGroup& group, const FileStat& stat,
                  Moment now);
  void on_gone(Source& source, Sighting sighting, Moment now);
  void apply(Source& source, const Fate& fate, Moment now);
  bool content_holds(Source& source);
  bool reopen_elsewhere(Source& source);
  bool move_to_copy(Source& source);
  bool is_copy_of_known(const std::string& path, const FileStat& stat, Moment now);
  Source& start_generation(const std::string& path, const FileStat& stat, Moment now);
  void check_missing(Moment now);
  void retire(Source& source, Moment now);
  void limit_deleted_bytes(Moment now);

  SourceTable& table_;
  AgentMetrics& metrics_;
  TailOptions options_;
  std::shared_ptr<const GroupSet> groups_;
  std::uint64_t sweep_ = 0;
  // Files known to be copies, by device and inode, with the size at which they were compared.
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> copies_;
};

}  // namespace sluice::agent
