// RocksDB's own messages, in our log.
//
// Not only for one log instead of two: the file RocksDB would write lies on the same disk, and in
// builds with assertions (Debian's) its second write to a full disk ends the process.
#pragma once

#include <memory>

namespace rocksdb {
class Logger;
}

namespace sluice::storage {

// Warnings and above are passed on; safe from any thread.
std::shared_ptr<rocksdb::Logger> rocks_logger();

}  // namespace sluice::storage
