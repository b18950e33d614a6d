// Source: one file generation while the agent runs; SourceTable: all of them, by number, by file
// and by path.
//
// Owned and touched by the tailer's thread only. Memory per source is a few hundred bytes and does
// not depend on how much of the file is unread: bytes are read when they can be sent.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "agent/batch/backoff.h"
#include "agent/batch/batch.h"
#include "agent/tail/file.h"
#include "agent/tail/groups.h"
#include "agent/tail/pace.h"
#include "agent/tail/source_record.h"

namespace sluice::agent {

// Now, on both clocks: wall for timestamps, monotonic for waiting.
struct Moment {
  Timestamp wall{};
  Duration mono{0};
};

enum class LossReason { overwritten, deleted, abandoned };
std::string_view to_string(LossReason reason);

struct Source {
  Source(SourceRecord r, Backoff b) : record(std::move(r)), seen(record.size), backoff(b) {}

  std::uint64_t key = 0;
  SourceRecord record;
  std::uint64_t seen;       // the file's size at the last look; record.size is the greatest
  File file;                // open only while there is something to read
  bool followed = true;     // some group of the configuration wants it
  bool durable = false;     // its id is in the checkpoint on disk
  bool verified = false;    // content was compared with the fingerprint since the start
  bool unreadable = false;  // it could not be opened or read at the last attempt
  bool in_flight = false;   // a batch is with the shipper
  LossReason loss = LossReason::deleted;  // of phase lost
  std::unique_ptr<Batch> held;            // a batch whose bytes are no longer in any file
  Pace pace;
  Narrowing narrowing;
  Backoff backoff;
  std::optional<Timestamp> last_time;  // of the last line read, for its continuations
  Duration last_read{0};
  Duration draining_since{0};
  std::uint64_t sweep = 0;  // the last sweep that saw it
  std::uint64_t links = 1;
  std::int64_t modified_ns = 0;

  std::uint64_t unread() const { return seen > record.acked ? seen - record.acked : 0; }
  bool needs_work() const {
    return record.phase == Phase::draining || record.phase == Phase::lost || unread() > 0;
  }
  void observe(std::uint64_t size, Duration now) {
    if (size > seen) pace.grew(now);
    seen = size;
    record.size = std::max(record.size, size);
  }
};

class SourceTable {
 public:
  explicit SourceTable(Backoff backoff) : backoff_(backoff) {}

  // Indexes it by file, and by path if live.
  Source& add(SourceRecord record);
  void erase(Source& source);

  Source* by_key(std::uint64_t key);
  Source* by_file(const FileId& id);         // device and inode; the birth time is not compared
  Source* by_path(const std::string& path);  // live ones
  void move_to_path(Source& source, const std::string& path);
  // The path no longer leads to this source.
  void leave_path(Source& source);
  // The inode belongs to another generation, or this one moved to another inode.
  void leave_file(Source& source);
  void move_to_file(Source& source, const FileId& id);

  // Sources were added since the checkpoint was last saved.
  bool has_new() const { return has_new_; }
  void set_saved();

  std::size_t size() const { return sources_.size(); }
  std::size_t open_files() const;
  void for_each(const std::function<void(Source&)>& visit);
  // Sources that may have something to send; kept by the callers with touch().
  const std::unordered_set<Source*>& active() const { return active_; }
  void touch(Source& source);

 private:
  using FileKey = std::pair<std::uint64_t, std::uint64_t>;
  static FileKey key_of(const FileId& id) { return {id.device, id.inode}; }

  Backoff backoff_;
  std::uint64_t next_key_ = 1;
  bool has_new_ = false;
  std::unordered_map<std::uint64_t, std::unique_ptr<Source>> sources_;
  std::map<FileKey, Source*> by_file_;
  std::unordered_map<std::string, Source*> by_path_;
  std::unordered_set<Source*> active_;
};

}  // namespace sluice::agent
