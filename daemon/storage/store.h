// Store: everything durable. The only interface to RocksDB; no RocksDB type appears in it.
//
// Every durable change is one step, every step one synced WriteBatch (docs/format/keyspace.md):
// push, write, commit. A call that returned success is on disk. Concurrent calls share an fsync
// (group commit), so call them from the commit pool's many threads. Reads are the query sources.
// All members are safe from any thread.
//
// Errors: no_space while the disk is (nearly) full: reads go on, writes resume by themselves;
// limit_exceeded when ingest memory is used up; corrupt and io as found.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec/compress.h"
#include "base/types/exemplar.h"
#include "base/types/ids.h"
#include "base/types/log_entry.h"
#include "base/types/per_tenant.h"
#include "base/types/time.h"
#include "base/wire/batch_identity.h"
#include "daemon/storage/samples/sample_write.h"
#include "query/exemplar_source.h"
#include "query/source.h"

namespace sluice {
class Metrics;
}

namespace sluice::storage {

// Small documents of the other modules, by keyspace. The numbers reach the disk and are frozen;
// zero means never written.
enum class Keyspace : std::uint8_t {
  alert_state = 1,
  outbox = 2,
  deployment = 3,
  gate = 4,
  receipt = 5,  // of delivered notifications and hooks
  agent = 6,    // what agents told about themselves
  silence = 7,
  deletion = 8,  // requests to delete logs; written by the store itself, as what follows
  sample_deletion = 9,
  exemplar = 10,
};

// What one commit() writes, atomically. Keys are ordered bytes within their keyspace.
class Step {
 public:
  void put(Keyspace space, std::string key, std::string value);
  void remove(Keyspace space, std::string key);
  void write(const TenantId& tenant, std::vector<SeriesSamples> samples);  // recording rules
  bool empty() const { return changes_.empty() && samples_.empty(); }

  struct Change {
    Keyspace space;
    std::string key;
    std::optional<std::string> value;  // nullopt: remove
  };
  struct Samples {
    TenantId tenant;
    std::vector<SeriesSamples> series;
  };
  const std::vector<Change>& changes() const { return changes_; }
  const std::vector<Samples>& samples() const { return samples_; }

 private:
  std::vector<Change> changes_;
  std::vector<Samples> samples_;
};

// The body of a push and the snappy block it came in: kept as it is if that is worth it.
struct SentText {
  RawBytes text;
  std::string block;
};

struct LogPush {
  TenantId tenant;
  std::vector<PushStream> streams;  // lines are views: their owner stays until push() returns
  // From our agent: where these bytes stand in their source, so that a re-send is recognised.
  std::optional<BatchIdentity> identity;
  SentText sent = {};  // without text: the lines lie elsewhere
};

struct PushOutcome {
  std::size_t accepted = 0;    // entries now durable
  std::size_t duplicates = 0;  // entries that were durable already (identity)
  // Streams past StoreOptions::active_streams, which are left out; the others are stored. With an
  // identity nothing is then.
  struct Refused {
    LabelSet labels;
    std::size_t entries = 0;
  };
  std::vector<Refused> refused;
  // With an identity: everything before this offset of the source is durable.
  std::uint64_t high_water = 0;
};

struct WriteOutcome {
  std::size_t accepted = 0;  // samples now durable, or stored before with the same value
  // Samples, and the series they are of, that are past StoreOptions::active_series.
  std::size_t refused = 0;
  std::size_t refused_series = 0;
};

// Keeps streams and series of a tenant for a time of their own; the first rule that applies
// decides.
struct RetentionRule {
  std::string tenant;            // empty: every tenant
  std::string selector;          // {app="debug"}; empty: all streams and series
  std::chrono::hours period{0};  // 0 keeps forever
  friend bool operator==(const RetentionRule&, const RetentionRule&) = default;
};

struct StoreOptions {
  std::string path = "./var/sluice";
  std::size_t head_bytes_max = 64 << 20;  // unsealed lines in memory; past it 429
  std::size_t seal_bytes = 16 << 20;      // a part is sealed at this size ...
  std::chrono::seconds seal_age{300};     // ... or age
  std::chrono::hours retention{24 * 30};  // by day; 0 keeps forever
  std::vector<RetentionRule> retention_rules;
  // Log parts as stored; past it the oldest days are dropped, never today. 0: no cap.
  std::uint64_t max_bytes = 0;
  // How long a deletion of logs can be cancelled; its space is freed after that.
  std::chrono::seconds delete_cancel_period{24 * 3600};
  // With unsealed lines or samples; past it new ones are refused. 0: no limit.
  PerTenant<std::size_t> active_streams;
  PerTenant<std::size_t> active_series;
  std::uint64_t min_free_bytes = 256 << 20;  // below: no_space, reads only
  std::size_t cache_bytes = 64 << 20;
  std::size_t column_cache_bytes = 128 << 20;  // columns of logs, decoded
  // zstd levels: seals are fast, merges compress harder what is kept for long.
  int seal_zstd_level = 1;
  int merge_zstd_level = 6;
};

// One committed push, as subscribers see it (live tail, ingest-driven rules). Called on the
// committing thread after the step is durable and visible; must be quick and must not call back.
using PushListener = std::function<void(const TenantId&, const std::vector<PushStream>&)>;

// When data last arrived, per tenant: the watermark by which rules tell "zero" from "blind".
struct Freshness {
  std::optional<Timestamp> newest_log;  // newest entry timestamp stored
  std::optional<Timestamp> newest_sample;
};

class StoreOperations;

class Store {
 public:
  // Opens or creates, recovers the head. Error: locked by another process, corrupt, io, and a
  // clear message when the directory belongs to a newer format.
  static Result<std::unique_ptr<Store>> open(StoreOptions options, Clock& clock, Metrics& metrics);
  virtual ~Store() = default;

  // Asked before a push is decoded, which is dear. Error(limit_exceeded): the head is so full that
  // a body of so many bytes, decompressed, will hardly find room.
  virtual Result<void> check_room(std::size_t body_bytes);
  virtual Result<PushOutcome> push(LogPush push) = 0;
  // Samples of one write. A sample equal to the stored one is accepted silently; a different value
  // at a stored timestamp keeps the first (counted). Exemplars are kept as long as there is room.
  virtual Result<WriteOutcome> write(const TenantId& tenant, std::vector<SeriesSamples> series,
                                     std::vector<MetricMetadata> metadata,
                                     std::vector<SeriesExemplars> exemplars = {}) = 0;
  // The same, of texts that lie in the sender's message; their order may change.
  virtual Result<WriteOutcome> write_flat(const TenantId& tenant, SampleWrite& samples,
                                          std::vector<MetricMetadata> metadata,
                                          std::vector<SeriesExemplars> exemplars = {});
  virtual Result<void> commit(const Step& step) = 0;

  virtual Result<std::optional<std::string>> get(Keyspace space, std::string_view key) = 0;
  struct Document {
    std::string key;
    std::string value;
  };
  // Documents whose key begins with `prefix`, in key order.
  virtual Result<std::vector<Document>> scan(Keyspace space, std::string_view prefix) = 0;

  virtual query::LogSource& logs() = 0;
  virtual query::SampleSource& samples() = 0;
  virtual query::ExemplarSource& exemplars() = 0;
  virtual StoreOperations& operations() = 0;
  virtual Freshness freshness(const TenantId& tenant) = 0;
  // The high-water mark of a source, 0 if never seen.
  virtual Result<std::uint64_t> high_water(const TenantId& tenant, const BatchIdentity& source) = 0;

  virtual std::uint64_t listen(PushListener listener) = 0;  // returns a handle for unlisten
  virtual void unlisten(std::uint64_t handle) = 0;

  // Seals and writes out everything now (POST /flush).
  virtual Result<void> flush() = 0;
  // Seals what is old enough, drops what is past retention, looks at free space. The daemon calls
  // it every second or so.
  virtual void tick() = 0;
};

}  // namespace sluice::storage
