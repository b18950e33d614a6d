#include "daemon/storage/rocks_status.h"

#include <rocksdb/slice.h>
#include <rocksdb/status.h>

#include <string>

namespace sluice::storage {

namespace {

ErrorCode code_of(const rocksdb::Status& status) {
  if (status.IsNoSpace()) return ErrorCode::no_space;
  if (status.IsCorruption()) return ErrorCode::corrupt;
  if (status.IsIOError()) return ErrorCode::io;
  if (status.IsShutdownInProgress()) return ErrorCode::unavailable;
  return ErrorCode::internal;
}

}  // namespace

rocksdb::Slice to_slice(std::string_view text) {
  return {text.data(), text.size()};
}

std::string_view to_view(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

Error to_error(const rocksdb::Status& status, std::string_view doing) {
  return {code_of(status), std::string(doing) + ": " + status.ToString()};
}

}  // namespace sluice::storage
