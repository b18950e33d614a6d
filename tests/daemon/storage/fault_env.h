// FaultDisk: a disk that fails on command, as a RocksDB Env over the real one.
//
// Writes go through to real files; beside them stands what was synced. power_off() ends all
// writing; restore_power(), called when the store is closed, takes away what a power failure may
// take: bytes of a file behind its last sync (any number of them), files and renames whose
// directory was not synced. A deletion is durable at once: RocksDB only deletes what it no longer
// needs. Faults: the n-th write operation fails (a failing append still writes half of its bytes);
// reads of table and blob files fail or come
// back with a flipped bit. Write operations are creating,
// appending, truncating, syncing, renaming, linking and syncing a directory. Safe from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <random>

namespace rocksdb {
class Env;
}

namespace sluice::storage::test {

class FaultFileSystem;

enum class FaultKind { io_error, no_space };

class FaultDisk {
 public:
  FaultDisk();
  ~FaultDisk();
  FaultDisk(const FaultDisk&) = delete;
  FaultDisk& operator=(const FaultDisk&) = delete;
  rocksdb::Env* env() const { return env_.get(); }

  // The n-th write operation from now (1: the next) fails; with `lasting`, all after it as well.
  void fail_write(std::uint64_t n, FaultKind kind, bool lasting);
  // Every n-th read of a table or blob file has one bit flipped; 0: none.
  void flip_reads(std::uint64_t every);
  // Every n-th read of one fails; 0: none.
  void fail_reads(std::uint64_t every);
  void heal();  // ends all
  std::uint64_t writes() const;
  std::uint64_t failures() const;  // of writes and reads
  std::uint64_t flips() const;

  void power_off();
  void restore_power(std::mt19937_64& random);

 private:
  std::shared_ptr<FaultFileSystem> files_;
  std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace sluice::storage::test
