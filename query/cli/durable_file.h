// DurableFile: a file that after a crash is there wholly or not at all: written under another name,
// synced, renamed, its folder synced. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/types/result.h"

namespace sluice::query::cli {

class DurableFile {
 public:
  // Begins PATH.tmp anew.
  static Result<DurableFile> create(const std::string& path);
  DurableFile(DurableFile&&) noexcept;
  ~DurableFile();

  Result<void> write(std::string_view bytes);
  // From here on PATH holds what was written.
  Result<void> commit();

  std::uint64_t bytes() const;
  std::string hash() const;  // XXH3 of what was written, 16 hex digits

 private:
  struct Impl;
  explicit DurableFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Adds to the end of an existing file and syncs it.
Result<void> append_durably(const std::string& path, std::string_view bytes);

}  // namespace sluice::query::cli
