// Deployment: which version of the demo service should run, kept in two small files.
//
//   DIR/version   the version that should run now
//   DIR/previous  what rollback goes back to; absent when there is nothing to roll back
//
// Each file is replaced by rename, so a reader sees the old or the new text, never half of it.
// rollback may be called again (a hook is delivered at least once): the second call changes
// nothing, it never flips forward to the bad version.
#pragma once

#include <optional>
#include <string>

#include "base/types/result.h"

namespace sluice::demo {

class Deployment {
 public:
  explicit Deployment(std::string dir) : dir_(std::move(dir)) {}

  struct Change {
    std::string before;  // "" if no version was deployed
    std::string after;
    bool changed() const { return before != after; }
  };

  // nullopt before the first deploy.
  Result<std::optional<std::string>> current() const;
  Result<Change> deploy(const std::string& version) const;
  // Error not_found if nothing was ever deployed.
  Result<Change> rollback() const;

 private:
  std::string path(const char* name) const { return dir_ + "/" + name; }
  std::string dir_;
};

}  // namespace sluice::demo
