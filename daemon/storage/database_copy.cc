// Database: copies of the whole.
#include <rocksdb/db.h>
#include <rocksdb/utilities/checkpoint.h>

#include <filesystem>

#include "daemon/storage/database.h"
#include "daemon/storage/rocks_status.h"

namespace sluice::storage {

Result<void> Database::checkpoint(const std::string& directory) {
  namespace fs = std::filesystem;
  SLUICE_CHECK(check_accepting());
  std::error_code ec;
  if (fs::exists(directory, ec))
    return Error{ErrorCode::conflict, "backup directory " + directory + " exists already"};
  const auto parent = fs::absolute(directory).parent_path();
  fs::create_directories(parent, ec);
  if (ec) return Error{ErrorCode::io, "creating " + parent.string() + ": " + ec.message()};
  rocksdb::Checkpoint* made = nullptr;
  auto status = rocksdb::Checkpoint::Create(db_.get(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  if (status.ok()) status = checkpoint->CreateCheckpoint(fs::absolute(directory).string());
  if (!status.ok()) return to_error(status, "backing up to " + directory);
  return {};
}

}  // namespace sluice::storage
