// StoreFixture: a store in a directory of its own, with a clock that stands still and no workers.
// Verbs push, write, query and reopen; reads give plain vectors.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/telemetry/metrics.h"
#include "daemon/storage/rocks_store.h"
#include "tests/support/temp_dir.h"

namespace sluice::storage::test {

struct Found {
  LabelSet labels;
  LogEntry entry;
  friend bool operator==(const Found&, const Found&) = default;
};

LogEntry entry(std::int64_t ns, std::string line, LabelSet metadata = {});
StreamEntries stream(LabelSet labels, std::vector<LogEntry> entries);
std::vector<query::LabelMatcher> matchers(
    std::initializer_list<std::tuple<const char*, query::MatchOp, const char*>> list);

// 2026-01-10T12:00:00Z, where the fixture's clock starts.
inline constexpr std::int64_t noon = 1'768'046'400'000'000'000;
inline constexpr std::int64_t second = 1'000'000'000;

class StoreFixture {
 public:
  StoreFixture();

  StoreOptions options;
  RocksStoreHooks hooks;
  ManualClock clock{from_unix_ns(noon)};
  Metrics metrics;
  TenantId tenant = default_tenant();

  Result<void> try_open();
  void open();
  void close() { store_.reset(); }
  void reopen();
  RocksStore& store() { return *store_; }

  PushOutcome push(const std::vector<StreamEntries>& streams);
  Result<PushOutcome> try_push(const std::vector<StreamEntries>& streams);
  Result<PushOutcome> push_from(const std::string& source, std::uint64_t start,
                                std::vector<std::string> lines, bool gap_is_loss = false);
  std::vector<Found> query(query::LogSelect select);
  std::vector<Found> query_all();
  std::vector<std::string> lines();  // of query_all(), sorted
  std::vector<query::SampleSeries> samples(const std::string& name, std::int64_t start_ms,
                                           std::int64_t end_ms);
  std::vector<LabelSet> series_of(const TenantId& whose, std::vector<query::LabelMatcher> matching,
                                  std::int64_t start_ms, std::int64_t end_ms);
  void flush();
  std::vector<std::string> warnings;  // of the last query

 private:
  Result<PushOutcome> send(LogPush push);

  TempDir dir_;
  std::atomic<std::size_t> pushes_ = 0;  // every other comes compressed
  std::unique_ptr<RocksStore> store_;
};

// What a counter or gauge says now; 0 if absent.
double metric(Metrics& metrics, const std::string& name);

}  // namespace sluice::storage::test
