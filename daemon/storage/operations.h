// StoreOperations: what an operator does with a store: delete, back up, check, look at its space.
// Safe from any thread; all of it may take long and blocks, so call it from a pool.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/types/ids.h"
#include "base/types/result.h"
#include "base/types/time.h"
#include "query/ast/label_matcher.h"

namespace sluice::storage {

// A deletion of logs: entries of matching streams in the range whose line passes the filters, as
// far as they were stored when it was asked for.
struct DeleteRequest {
  std::string id;
  std::string query;  // selector, perhaps with line filters
  TimeRange range;
  Timestamp created{};
  bool processed = false;  // nothing of it is left on disk
};

// Log parts of one tenant and UTC day.
struct DaySpace {
  TenantId tenant;
  std::int32_t day = 0;  // since 1970-01-01
  std::uint64_t parts = 0;
  std::uint64_t rows = 0;
  std::uint64_t line_bytes = 0;
  std::uint64_t stored_bytes = 0;  // row groups, as stored
};

struct BackupInfo {
  std::string path;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

// What reading everything found.
struct CheckReport {
  std::uint64_t values = 0;
  std::uint64_t bytes = 0;
  std::uint64_t parts = 0;
  std::uint64_t rows = 0;
  std::uint64_t head_entries = 0;
  std::uint64_t samples = 0;
  std::uint64_t damaged = 0;          // values
  std::vector<std::string> problems;  // the first of them
  bool sound() const { return damaged == 0; }
};

class StoreOperations {
 public:
  virtual ~StoreOperations() = default;

  // Hides the entries at once and drops them at later merges, at the earliest when the cancel
  // period is over. Returns the id. Errors: the query; limit_exceeded: too many unprocessed ones;
  // no_space.
  virtual Result<std::string> request_delete(const TenantId& tenant, const std::string& query,
                                             TimeRange range) = 0;
  // Oldest first. Processed ones are kept for 30 days.
  virtual std::vector<DeleteRequest> delete_requests(const TenantId& tenant) = 0;
  // The entries come back. Errors: not_found; invalid_argument: past the cancel period, unless
  // `force`, which brings back what merges have not dropped yet; or processed.
  virtual Result<void> cancel_delete(const TenantId& tenant, const std::string& id, bool force) = 0;

  // Hides the samples in [start, end] of series that any of the selectors matches, and series that
  // have no others; what is written later for times after the request is seen. Errors:
  // limit_exceeded: too many deletions are kept; no_space.
  virtual Result<void> delete_series(const TenantId& tenant,
                                     std::vector<std::vector<query::LabelMatcher>> selectors,
                                     std::int64_t start_ms, std::int64_t end_ms) = 0;

  // By tenant, then day.
  virtual std::vector<DaySpace> space() = 0;
  // A copy of everything as of now under `directory`, which must not exist. Files that never change
  // are hard links if the file system is the same. Errors: conflict: it exists; io; no_space.
  virtual Result<BackupInfo> backup(const std::string& directory) = 0;
  // Reads every value. `stop` is asked between values. Error(cancelled).
  virtual Result<CheckReport> check(const std::function<bool()>& stop) = 0;
};

}  // namespace sluice::storage
