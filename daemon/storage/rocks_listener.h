// What RocksDB tells in the background, and what is answered. For database_options.cc.
#pragma once

#include <memory>

namespace rocksdb {
class EventListener;
}

namespace sluice::storage {

class CompactionWatch;

std::shared_ptr<rocksdb::EventListener> make_rocks_listener(std::shared_ptr<CompactionWatch> watch);

}  // namespace sluice::storage
