// RocksDB's Status and Slice in our terms. For the files of daemon/storage that include RocksDB.
#pragma once

#include <string_view>

#include "base/types/result.h"

namespace rocksdb {
class Slice;
class Status;
}  // namespace rocksdb

namespace sluice::storage {

rocksdb::Slice to_slice(std::string_view text);
std::string_view to_view(const rocksdb::Slice& slice);
Error to_error(const rocksdb::Status& status, std::string_view doing);

}  // namespace sluice::storage
