#include "agent/tail/checkpoint_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

namespace sluice::agent {
namespace {

Error io_error(const std::string& what) {
  const auto code = errno == ENOSPC || errno == EDQUOT ? ErrorCode::no_space : ErrorCode::io;
  return {code, what + ": " + std::strerror(errno)};
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

Result<void> write_all(int fd, std::string_view data, const std::string& path) {
  while (!data.empty()) {
    const auto n = ::write(fd, data.data(), data.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io_error("writing " + path);
    data.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Result<void> write_synced(const std::string& path, std::string_view data) {
  const Descriptor fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (fd.get() < 0) return io_error("creating " + path);
  SLUICE_CHECK(write_all(fd.get(), data, path));
  if (::fsync(fd.get()) != 0) return io_error("syncing " + path);
  return {};
}

Result<void> sync_directory(const std::string& directory) {
  const Descriptor fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || ::fsync(fd.get()) != 0) return io_error("syncing " + directory);
  return {};
}

std::optional<std::string> read_whole(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

}  // namespace

Result<CheckpointStore> CheckpointStore::open(const std::string& directory) {
  std::error_code ec;
  std::filesystem::create_directories(directory, ec);
  if (ec)
    return Error{ErrorCode::io, "creating state directory " + directory + ": " + ec.message()};
  const auto lock = directory + "/lock";
  const int fd = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return io_error("opening " + lock);
  CheckpointStore store(directory, fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0)
    return Error{ErrorCode::conflict,
                 "state directory " + directory + " is in use by another agent"};
  return store;
}

CheckpointStore::CheckpointStore(CheckpointStore&& other) noexcept
    : directory_(std::move(other.directory_)), lock_fd_(std::exchange(other.lock_fd_, -1)) {}

CheckpointStore::~CheckpointStore() {
  if (lock_fd_ >= 0) ::close(lock_fd_);
}

Result<LoadedCheckpoint> CheckpointStore::load() {
  LoadedCheckpoint out;
  for (const char* suffix : {"", ".tmp", ".prev"}) {
    const auto text = read_whole(path(suffix));
    if (!text) continue;
    auto decoded = decode_checkpoint(*text);
    if (!decoded) {
      out.complaints += path(suffix) + ": " + decoded.error().message + "; ";
      std::rename(path(suffix).c_str(), (path(suffix) + ".corrupt").c_str());
    } else if (!out.found || decoded->sequence > out.checkpoint.sequence) {
      out.checkpoint = std::move(*decoded);
      out.found = true;
    }
  }
  return out;
}

Result<void> CheckpointStore::save(const Checkpoint& checkpoint) {
  SLUICE_CHECK(write_synced(path(".tmp"), encode_checkpoint(checkpoint)));
  if (std::rename(path("").c_str(), path(".prev").c_str()) != 0 && errno != ENOENT)
    return io_error("renaming " + path(""));
  if (std::rename(path(".tmp").c_str(), path("").c_str()) != 0)
    return io_error("renaming " + path(".tmp"));
  return sync_directory(directory_);
}

}  // namespace sluice::agent
