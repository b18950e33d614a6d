// An open regular file, read by position. Thin: no decisions here.
//
// Opened read-only, non-blocking (a FIFO under a log glob must not hang the reader) and close-on-
// exec. Errors are not_found (nothing there), invalid_argument (not a regular file) and io.
// Not thread-safe; owned by the tailer's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/batch/fingerprint.h"
#include "base/types/result.h"

namespace sluice::agent {

struct FileStat {
  FileId id;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  std::uint64_t links = 0;
  bool regular = false;
};

class File {
 public:
  static Result<File> open(const std::string& path);
  File() = default;
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  ~File();

  bool is_open() const { return fd_ >= 0; }
  void close();
  Result<FileStat> stat() const;
  // Up to n bytes from `offset`; fewer only at the end of the file.
  Result<std::string> read_at(std::uint64_t offset, std::size_t n) const;

 private:
  explicit File(int fd) : fd_(fd) {}
  int fd_ = -1;
};

// Follows symbolic links. not_found when nothing is there.
Result<FileStat> stat_path(const std::string& path);
// The path of the file with this identity among the entries of a directory: how a renamed file is
// found again.
std::optional<std::string> find_in_directory(const std::string& directory, const FileId& id);
std::string directory_of(const std::string& path);

// True if `file` still holds what `print` says at its head and before `acked`.
Result<bool> content_matches(const File& file, const Fingerprint& print, std::uint64_t acked);
// The anchor of an offset that was not reached by reading (the server's mark).
Result<Digest> read_anchor(const File& file, std::uint64_t offset);

}  // namespace sluice::agent
