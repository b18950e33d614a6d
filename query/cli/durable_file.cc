#include "query/cli/durable_file.h"

#define XXH_INLINE_ALL
#include <fcntl.h>
#include <unistd.h>
#include <xxhash.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace sluice::query::cli {

// A descriptor, closed with it. Of this file alone.
class OpenFile {
 public:
  OpenFile(const std::string& path, int flags)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  bool good() const { return fd_ >= 0; }
  bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto n = ::write(fd_, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  bool sync() const { return ::fsync(fd_) == 0; }

 private:
  int fd_;
};

namespace {

Error file_error(const std::string& what, const std::string& path) {
  return {ErrorCode::io, what + " " + path + ": " + std::strerror(errno)};
}

bool sync_folder_of(const std::string& path) {
  const OpenFile folder(std::filesystem::path(path).parent_path().string(), O_RDONLY | O_DIRECTORY);
  return folder.good() && folder.sync();
}

}  // namespace

struct DurableFile::Impl {
  explicit Impl(const std::string& wanted)
      : path(wanted), file(wanted + ".tmp", O_WRONLY | O_CREAT | O_TRUNC) {
    XXH3_64bits_reset(&state);
  }
  std::string path;
  OpenFile file;
  std::uint64_t bytes = 0;
  XXH3_state_t state;
};

DurableFile::DurableFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DurableFile::DurableFile(DurableFile&&) noexcept = default;
DurableFile::~DurableFile() = default;

Result<DurableFile> DurableFile::create(const std::string& path) {
  auto impl = std::make_unique<Impl>(path);
  if (!impl->file.good()) return file_error("cannot write", path + ".tmp");
  return DurableFile(std::move(impl));
}

Result<void> DurableFile::write(std::string_view bytes) {
  if (!impl_->file.write(bytes)) return file_error("cannot write", impl_->path + ".tmp");
  impl_->bytes += bytes.size();
  XXH3_64bits_update(&impl_->state, bytes.data(), bytes.size());
  return {};
}

Result<void> DurableFile::commit() {
  const std::string unfinished = impl_->path + ".tmp";
  if (!impl_->file.sync()) return file_error("cannot write", unfinished);
  if (::rename(unfinished.c_str(), impl_->path.c_str()) != 0 || !sync_folder_of(impl_->path))
    return file_error("cannot rename to", impl_->path);
  return {};
}

std::uint64_t DurableFile::bytes() const {
  return impl_->bytes;
}

std::string DurableFile::hash() const {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%016llx",
                static_cast<unsigned long long>(XXH3_64bits_digest(&impl_->state)));
  return text.data();
}

Result<void> append_durably(const std::string& path, std::string_view bytes) {
  const OpenFile file(path, O_WRONLY | O_APPEND);
  if (!file.good() || !file.write(bytes) || !file.sync()) return file_error("cannot write", path);
  return {};
}

}  // namespace sluice::query::cli
