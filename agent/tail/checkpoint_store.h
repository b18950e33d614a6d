// CheckpointStore: saves and loads the checkpoint in the state directory.
//
// Holds an exclusive lock on the directory (two agents with one state would send each line twice).
// save() returns after the bytes and the directory are synced. Rules:
// docs/format/agent-checkpoint.md. Used by the tailer's thread only.
#pragma once

#include <string>

#include "agent/tail/checkpoint.h"

namespace sluice::agent {

struct LoadedCheckpoint {
  Checkpoint checkpoint;
  bool found = false;      // some valid file was there
  std::string complaints;  // what was wrong with files that were there and invalid; "" if nothing
};

class CheckpointStore {
 public:
  // Creates the directory if missing. Error: not writable, or locked by another agent.
  static Result<CheckpointStore> open(const std::string& directory);
  CheckpointStore(CheckpointStore&& other) noexcept;
  CheckpointStore& operator=(CheckpointStore&&) = delete;
  ~CheckpointStore();

  // Invalid files are renamed to *.corrupt; that is not an error.
  Result<LoadedCheckpoint> load();
  Result<void> save(const Checkpoint& checkpoint);

 private:
  CheckpointStore(std::string directory, int lock_fd)
      : directory_(std::move(directory)), lock_fd_(lock_fd) {}
  std::string path(const char* suffix) const { return directory_ + "/checkpoint" + suffix; }

  std::string directory_;
  int lock_fd_;
};

}  // namespace sluice::agent
