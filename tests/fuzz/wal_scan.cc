// RocksDB's log: any bytes are read as records within them, bad ones never side by side.
#include "daemon/storage/wal_scan.h"

#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const auto log = fuzz::FuzzInput(data, size).rest();
  const auto records = storage::read_wal(log);
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    fuzz::require(records[i].offset < log.size(), "records lie within the log");
    fuzz::require(records[i].good || i == 0 || records[i - 1].good, "bad ones stand for all");
    bytes += records[i].bytes;
  }
  fuzz::require(bytes <= log.size(), "records do not overlap");
  const auto loss = storage::loss_beyond(0, {{"000001.log", records}});
  fuzz::require(loss.steps <= records.size(), "only records can be lost");
  return 0;
}
