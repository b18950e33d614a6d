#include "tests/daemon/storage/fault_env.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>

namespace sluice::storage::test {

namespace {

using rocksdb::FileOptions;
using rocksdb::FSDirectory;
using rocksdb::FSRandomAccessFile;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

std::string folder_of(const std::string& path) {
  return std::filesystem::path(path).parent_path().lexically_normal().string();
}

std::string plain(const std::string& path) {
  return std::filesystem::path(path).lexically_normal().string();
}

std::optional<std::string> content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool holds_data(const std::string& path) {
  return path.ends_with(".sst") || path.ends_with(".blob");
}

}  // namespace

class FaultFileSystem : public rocksdb::FileSystemWrapper {
 public:
  // What is known of a file since the last power failure.
  struct FileState {
    std::uint64_t written = 0;
    std::uint64_t synced = 0;
    bool entry_synced = false;  // its name in the directory
  };

  struct PendingRename {
    std::string from;
    std::optional<std::string> replaced;  // what stood under the new name
  };

  FaultFileSystem() : rocksdb::FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "FaultFileSystem"; }

  // One write operation: its failure, if it is to fail.
  IOStatus begin_write();
  void written(const std::string& path, std::uint64_t bytes);
  void truncated(const std::string& path, std::uint64_t size);
  void synced(const std::string& path);
  void folder_synced(const std::string& folder);
  void flip(const Slice& result);
  IOStatus begin_read();

  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<FSWritableFile>* file, IODebugContext* debug) override;
  IOStatus ReopenWritableFile(const std::string& path, const FileOptions& options,
                              std::unique_ptr<FSWritableFile>* file,
                              IODebugContext* debug) override;
  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions& options,
                               std::unique_ptr<FSRandomAccessFile>* file,
                               IODebugContext* debug) override;
  IOStatus NewDirectory(const std::string& path, const IOOptions& options,
                        std::unique_ptr<FSDirectory>* folder, IODebugContext* debug) override;
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* debug) override;
  IOStatus LinkFile(const std::string& from, const std::string& to, const IOOptions& options,
                    IODebugContext* debug) override;
  IOStatus DeleteFile(const std::string& path, const IOOptions& options,
                      IODebugContext* debug) override;

  void lose_unsynced(std::mt19937_64& random);

  std::mutex mutex_;
  // Protected by mutex_:
  std::map<std::string, FileState> files_;
  std::map<std::string, PendingRename> renames_;  // by the new name
  bool powered_ = true;
  std::uint64_t writes_ = 0;
  std::uint64_t fail_at_ = 0;  // 0: never
  bool lasting_ = false;
  FaultKind kind_ = FaultKind::io_error;
  std::uint64_t failures_ = 0;
  std::uint64_t reads_ = 0;
  std::uint64_t flip_every_ = 0;
  std::uint64_t fail_every_ = 0;
  std::uint64_t flips_ = 0;
};

namespace {

class FaultWritable : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultWritable(std::unique_ptr<FSWritableFile>&& file, std::string path, FaultFileSystem& disk)
      : FSWritableFileOwnerWrapper(std::move(file)), path_(std::move(path)), disk_(disk) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    const auto fault = disk_.begin_write();
    const Slice part(data.data(), fault.ok() ? data.size() : data.size() / 2);
    auto status = target()->Append(part, options, debug);
    if (status.ok()) disk_.written(path_, part.size());
    return fault.ok() ? status : fault;
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    if (auto fault = disk_.begin_write(); !fault.ok()) return fault;
    auto status = target()->Truncate(size, options, debug);
    if (status.ok()) disk_.truncated(path_, size);
    return status;
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return sync(); }
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return sync(); }

 private:
  // The real disk keeps its power: nothing to wait for.
  IOStatus sync() {
    if (auto fault = disk_.begin_write(); !fault.ok()) return fault;
    disk_.synced(path_);
    return IOStatus::OK();
  }

  const std::string path_;
  FaultFileSystem& disk_;
};

class FaultReadable : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  FaultReadable(std::unique_ptr<FSRandomAccessFile>&& file, std::uint64_t size,
                FaultFileSystem& disk)
      : FSRandomAccessFileOwnerWrapper(std::move(file)), size_(size), disk_(disk) {}

  IOStatus Read(std::uint64_t offset, std::size_t n, const IOOptions& options, Slice* result,
                char* scratch, IODebugContext* debug) const override {
    if (auto fault = disk_.begin_read(); !fault.ok()) return fault;
    auto status = target()->Read(offset, n, options, result, scratch, debug);
    // The end is what a table is opened by: of that RocksDB 7.8 reads some without a look at its
    // checksum, and aborts. A start checks it on disk (table_correct_test.cc).
    if (status.ok() && result->size() == n && offset + n < size_) disk_.flip(*result);
    return status;
  }
  IOStatus MultiRead(rocksdb::FSReadRequest* requests, std::size_t count, const IOOptions& options,
                     IODebugContext* debug) override {
    auto status = target()->MultiRead(requests, count, options, debug);
    for (std::size_t i = 0; i < count; ++i) {
      if (auto fault = disk_.begin_read(); !fault.ok()) requests[i].status = fault;
      if (requests[i].status.ok()) disk_.flip(requests[i].result);
    }
    return status;
  }

 private:
  const std::uint64_t size_;
  FaultFileSystem& disk_;
};

class FaultFolder : public rocksdb::FSDirectoryWrapper {
 public:
  FaultFolder(std::unique_ptr<FSDirectory>&& folder, std::string path, FaultFileSystem& disk)
      : FSDirectoryWrapper(std::move(folder)), path_(std::move(path)), disk_(disk) {}

  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    if (auto fault = disk_.begin_write(); !fault.ok()) return fault;
    disk_.folder_synced(path_);
    return IOStatus::OK();
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions&) override {
    return Fsync(options, debug);
  }

 private:
  const std::string path_;
  FaultFileSystem& disk_;
};

}  // namespace

IOStatus FaultFileSystem::begin_write() {
  const std::lock_guard lock(mutex_);
  if (!powered_) return IOStatus::IOError("the power is off");
  const std::uint64_t number = ++writes_;
  if (fail_at_ == 0 || number < fail_at_ || (number > fail_at_ && !lasting_)) return IOStatus::OK();
  ++failures_;
  return kind_ == FaultKind::no_space ? IOStatus::NoSpace("No space left on device")
                                      : IOStatus::IOError("Input/output error");
}

void FaultFileSystem::written(const std::string& path, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  files_[path].written += bytes;
}

void FaultFileSystem::truncated(const std::string& path, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  auto& file = files_[path];
  file.written = size;
  file.synced = std::min(file.synced, size);
}

void FaultFileSystem::synced(const std::string& path) {
  const std::lock_guard lock(mutex_);
  auto& file = files_[path];
  file.synced = file.written;
}

void FaultFileSystem::folder_synced(const std::string& folder) {
  const std::lock_guard lock(mutex_);
  for (auto& [path, file] : files_)
    if (folder_of(path) == folder) file.entry_synced = true;
  std::erase_if(renames_, [&](const auto& item) { return folder_of(item.first) == folder; });
}

IOStatus FaultFileSystem::begin_read() {
  const std::lock_guard lock(mutex_);
  if (fail_every_ == 0 || ++reads_ % fail_every_ != 0) return IOStatus::OK();
  ++failures_;
  return IOStatus::IOError("Input/output error");
}

void FaultFileSystem::flip(const Slice& result) {
  const std::lock_guard lock(mutex_);
  if (flip_every_ == 0 || result.empty() || ++reads_ % flip_every_ != 0) return;
  ++flips_;
  // RocksDB gave the buffer and sees only this Slice of it.
  char& byte = const_cast<char*>(result.data())[reads_ * 7919 % result.size()];
  byte = static_cast<char>(byte ^ (1 << reads_ % 8));
}

IOStatus FaultFileSystem::NewWritableFile(const std::string& path, const FileOptions& options,
                                          std::unique_ptr<FSWritableFile>* file,
                                          IODebugContext* debug) {
  if (auto fault = begin_write(); !fault.ok()) return fault;
  auto status = target()->NewWritableFile(path, options, file, debug);
  if (!status.ok()) return status;
  {
    const std::lock_guard lock(mutex_);
    files_[plain(path)] = {};
  }
  *file = std::make_unique<FaultWritable>(std::move(*file), plain(path), *this);
  return status;
}

IOStatus FaultFileSystem::ReopenWritableFile(const std::string& path, const FileOptions& options,
                                             std::unique_ptr<FSWritableFile>* file,
                                             IODebugContext* debug) {
  if (auto fault = begin_write(); !fault.ok()) return fault;
  auto status = target()->ReopenWritableFile(path, options, file, debug);
  if (!status.ok()) return status;
  {
    const std::lock_guard lock(mutex_);
    const std::uint64_t size = std::filesystem::file_size(path);
    files_.try_emplace(plain(path), FaultFileSystem::FileState{size, size, true});
  }
  *file = std::make_unique<FaultWritable>(std::move(*file), plain(path), *this);
  return status;
}

IOStatus FaultFileSystem::NewRandomAccessFile(const std::string& path, const FileOptions& options,
                                              std::unique_ptr<FSRandomAccessFile>* file,
                                              IODebugContext* debug) {
  auto status = target()->NewRandomAccessFile(path, options, file, debug);
  if (!status.ok() || !holds_data(path)) return status;
  std::uint64_t size = 0;
  status = target()->GetFileSize(path, IOOptions(), &size, debug);
  if (status.ok()) *file = std::make_unique<FaultReadable>(std::move(*file), size, *this);
  return status;
}

IOStatus FaultFileSystem::NewDirectory(const std::string& path, const IOOptions& options,
                                       std::unique_ptr<FSDirectory>* folder,
                                       IODebugContext* debug) {
  auto status = target()->NewDirectory(path, options, folder, debug);
  if (status.ok()) *folder = std::make_unique<FaultFolder>(std::move(*folder), plain(path), *this);
  return status;
}

IOStatus FaultFileSystem::RenameFile(const std::string& from, const std::string& to,
                                     const IOOptions& options, IODebugContext* debug) {
  if (auto fault = begin_write(); !fault.ok()) return fault;
  const std::lock_guard lock(mutex_);
  auto replaced = content_of(to);
  auto status = target()->RenameFile(from, to, options, debug);
  if (!status.ok()) return status;
  renames_.try_emplace(plain(to), FaultFileSystem::PendingRename{plain(from), std::move(replaced)});
  if (auto moved = files_.extract(plain(from)); !moved.empty()) {
    files_[plain(to)] = moved.mapped();
    files_[plain(to)].entry_synced = true;  // undone as a rename, not as a file
  }
  return status;
}

IOStatus FaultFileSystem::LinkFile(const std::string& from, const std::string& to,
                                   const IOOptions& options, IODebugContext* debug) {
  if (auto fault = begin_write(); !fault.ok()) return fault;
  auto status = target()->LinkFile(from, to, options, debug);
  if (!status.ok()) return status;
  const std::lock_guard lock(mutex_);
  FaultFileSystem::FileState state;
  if (const auto it = files_.find(plain(from)); it != files_.end()) state = it->second;
  state.entry_synced = false;
  files_[plain(to)] = state;
  return status;
}

IOStatus FaultFileSystem::DeleteFile(const std::string& path, const IOOptions& options,
                                     IODebugContext* debug) {
  {
    const std::lock_guard lock(mutex_);
    if (!powered_) return IOStatus::IOError("the power is off");
    files_.erase(plain(path));
  }
  return target()->DeleteFile(path, options, debug);
}

void FaultFileSystem::lose_unsynced(std::mt19937_64& random) {
  const std::lock_guard lock(mutex_);
  for (const auto& [path, file] : files_) {
    if (!std::filesystem::exists(path)) continue;
    if (!file.entry_synced && random() % 2 == 0) {
      std::filesystem::remove(path);
    } else if (file.synced < file.written) {
      const std::uint64_t kept = file.synced + random() % (file.written - file.synced + 1);
      std::filesystem::resize_file(path, std::min(kept, std::filesystem::file_size(path)));
    }
  }
  for (const auto& [to, rename] : renames_) {
    if (!std::filesystem::exists(to) || random() % 2 == 0) continue;
    std::filesystem::rename(to, rename.from);
    if (rename.replaced) std::ofstream(to, std::ios::binary) << *rename.replaced;
  }
  files_.clear();
  renames_.clear();
  powered_ = true;
}

FaultDisk::FaultDisk()
    : files_(std::make_shared<FaultFileSystem>()), env_(rocksdb::NewCompositeEnv(files_)) {}
FaultDisk::~FaultDisk() = default;

void FaultDisk::fail_write(std::uint64_t n, FaultKind kind, bool lasting) {
  const std::lock_guard lock(files_->mutex_);
  files_->fail_at_ = files_->writes_ + n;
  files_->kind_ = kind;
  files_->lasting_ = lasting;
}

void FaultDisk::flip_reads(std::uint64_t every) {
  const std::lock_guard lock(files_->mutex_);
  files_->flip_every_ = every;
}

void FaultDisk::fail_reads(std::uint64_t every) {
  const std::lock_guard lock(files_->mutex_);
  files_->fail_every_ = every;
}

void FaultDisk::heal() {
  const std::lock_guard lock(files_->mutex_);
  files_->fail_at_ = 0;
  files_->fail_every_ = 0;
  files_->flip_every_ = 0;
}

std::uint64_t FaultDisk::writes() const {
  const std::lock_guard lock(files_->mutex_);
  return files_->writes_;
}

std::uint64_t FaultDisk::failures() const {
  const std::lock_guard lock(files_->mutex_);
  return files_->failures_;
}

std::uint64_t FaultDisk::flips() const {
  const std::lock_guard lock(files_->mutex_);
  return files_->flips_;
}

void FaultDisk::power_off() {
  const std::lock_guard lock(files_->mutex_);
  files_->powered_ = false;
}

void FaultDisk::restore_power(std::mt19937_64& random) {
  files_->lose_unsynced(random);
}

}  // namespace sluice::storage::test
