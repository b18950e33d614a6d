#include "daemon/storage/rocks_listener.h"

#include <rocksdb/listener.h>

#include "daemon/storage/compaction_watch.h"

namespace sluice::storage {

namespace {

// Inputs that cannot be read, or an output that cannot be written: files of their own, that nothing
// acknowledged depends on. A full disk is for Database::tick().
bool is_contained(const rocksdb::Status& status) {
  return status.IsCorruption() || (status.IsIOError() && !status.IsNoSpace());
}

class RocksListener : public rocksdb::EventListener {
 public:
  explicit RocksListener(std::shared_ptr<CompactionWatch> watch) : watch_(std::move(watch)) {}

  // RocksDB's own recovery from a full disk waits until all memtables of all families would fit,
  // and answers Resume() with "busy" meanwhile: on a small disk, for ever. Database::tick() resumes
  // as soon as there is space by our own measure.
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }

  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) override {
    if (reason == rocksdb::BackgroundErrorReason::kCompaction && is_contained(*error))
      *error = rocksdb::Status::OK();
  }

  void OnCompactionCompleted(rocksdb::DB*, const rocksdb::CompactionJobInfo& job) override {
    if (is_contained(job.status))
      watch_->add({job.cf_name, job.status.ToString(), job.status.IsCorruption()});
  }

 private:
  const std::shared_ptr<CompactionWatch> watch_;
};

}  // namespace

std::shared_ptr<rocksdb::EventListener> make_rocks_listener(
    std::shared_ptr<CompactionWatch> watch) {
  return std::make_shared<RocksListener>(std::move(watch));
}

}  // namespace sluice::storage
