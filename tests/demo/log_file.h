// LogFile: appends lines to a file and rotates it the way logrotate's default does.
//
// Past max_bytes the file becomes FILE.1 (replacing the last one) and a new FILE begins, so a demo
// left running cannot fill the disk, and tailers see a real rotation. Each append is one write():
// a tailer sees whole batches of lines.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/types/result.h"

namespace sluice::demo {

class LogFile {
 public:
  static Result<LogFile> open(std::string path, std::uint64_t max_bytes);
  LogFile(LogFile&& other) noexcept;
  LogFile& operator=(LogFile&&) = delete;
  ~LogFile();

  // `lines` ends with a newline, or is empty.
  Result<void> append(std::string_view lines);

 private:
  LogFile(std::string path, std::uint64_t max_bytes, int fd, std::uint64_t size)
      : path_(std::move(path)), max_bytes_(max_bytes), fd_(fd), size_(size) {}
  Result<void> rotate();

  std::string path_;
  std::uint64_t max_bytes_;
  int fd_;
  std::uint64_t size_;
};

}  // namespace sluice::demo
