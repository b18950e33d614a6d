#include "agent/tail/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace sluice::agent {
namespace {

Error system_error(const std::string& what, int code) {
  const auto kind = code == ENOENT || code == ENOTDIR ? ErrorCode::not_found : ErrorCode::io;
  return {kind, what + ": " + std::strerror(code)};
}

// statx and not stat: it tells the birth time, which separates a reused inode number.
Result<FileStat> statx_at(int dir, const char* path, int flags, const std::string& what) {
  struct statx s {};
  if (::statx(dir, path, flags, STATX_BASIC_STATS | STATX_BTIME, &s) != 0)
    return system_error(what, errno);
  const auto to_ns = [](const struct statx_timestamp& t) {
    return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
  };
  FileStat out;
  out.id.device = makedev(s.stx_dev_major, s.stx_dev_minor);
  out.id.inode = s.stx_ino;
  out.id.birth_ns = (s.stx_mask & STATX_BTIME) != 0 ? to_ns(s.stx_btime) : 0;
  out.size = s.stx_size;
  out.modified_ns = to_ns(s.stx_mtime);
  out.links = s.stx_nlink;
  out.regular = S_ISREG(s.stx_mode);
  return out;
}

}  // namespace

Result<File> File::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return system_error("opening " + path, errno);
  File file(fd);
  SLUICE_TRY(const auto stat, file.stat());
  if (!stat.regular) return invalid_argument(path + " is not a regular file");
  return file;
}

File::File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

File& File::operator=(File&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

File::~File() {
  close();
}

void File::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Result<FileStat> File::stat() const {
  return statx_at(fd_, "", AT_EMPTY_PATH, "stat of open file");
}

Result<std::string> File::read_at(std::uint64_t offset, std::size_t n) const {
  std::string out(n, '\0');
  std::size_t have = 0;
  while (have < n) {
    const auto got = ::pread(fd_, out.data() + have, n - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("reading at offset " + std::to_string(offset), errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  out.resize(have);
  return out;
}

Result<FileStat> stat_path(const std::string& path) {
  return statx_at(AT_FDCWD, path.c_str(), 0, path);
}

std::optional<std::string> find_in_directory(const std::string& directory, const FileId& id) {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(directory.c_str()), &::closedir);
  if (!dir) return std::nullopt;
  while (const dirent* entry = ::readdir(dir.get())) {
    if (entry->d_ino != id.inode) continue;
    auto path = directory + "/" + entry->d_name;
    const auto stat = stat_path(path);
    if (stat && stat->regular && same_file(stat->id, id)) return path;
  }
  return std::nullopt;
}

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<bool> content_matches(const File& file, const Fingerprint& print, std::uint64_t acked) {
  SLUICE_TRY(const auto head, file.read_at(0, print.head.length));
  if (!head_matches(print.head, head)) return false;
  const auto length = std::min<std::uint64_t>(print.anchor.length, acked);
  SLUICE_TRY(const auto before, file.read_at(acked - length, length));
  return before.size() == length && anchor_matches(print.anchor, before);
}

Result<Digest> read_anchor(const File& file, std::uint64_t offset) {
  const auto length = std::min<std::uint64_t>(anchor_limit, offset);
  SLUICE_TRY(const auto before, file.read_at(offset - length, length));
  return digest_anchor(before);
}

}  // namespace sluice::agent
