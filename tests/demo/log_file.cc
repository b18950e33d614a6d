#include "tests/demo/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace sluice::demo {
namespace {

Error file_error(const char* verb, const std::string& path) {
  return {ErrorCode::io, std::string("cannot ") + verb + " " + path + ": " + std::strerror(errno)};
}

int open_append(const std::string& path) {
  return ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

}  // namespace

Result<LogFile> LogFile::open(std::string path, std::uint64_t max_bytes) {
  const int fd = open_append(path);
  if (fd < 0) return file_error("open", path);
  struct stat info {};
  if (::fstat(fd, &info) != 0) {
    Error error = file_error("stat", path);
    ::close(fd);
    return error;
  }
  return LogFile(std::move(path), max_bytes, fd, static_cast<std::uint64_t>(info.st_size));
}

LogFile::LogFile(LogFile&& other) noexcept
    : path_(std::move(other.path_)), max_bytes_(other.max_bytes_),
      fd_(std::exchange(other.fd_, -1)), size_(other.size_) {}

LogFile::~LogFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> LogFile::append(std::string_view lines) {
  if (size_ > 0 && size_ + lines.size() > max_bytes_) SLUICE_CHECK(rotate());
  size_ += lines.size();
  while (!lines.empty()) {
    const ssize_t n = ::write(fd_, lines.data(), lines.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return file_error("write to", path_);
    lines.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Result<void> LogFile::rotate() {
  if (std::rename(path_.c_str(), (path_ + ".1").c_str()) != 0) return file_error("rotate", path_);
  const int fd = open_append(path_);
  if (fd < 0) return file_error("open", path_);
  ::close(std::exchange(fd_, fd));
  size_ = 0;
  return {};
}

}  // namespace sluice::demo
