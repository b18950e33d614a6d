// SampleDeletions: what delete_series took away, durable as documents
// (docs/format/sample-deletion.md), and a SampleSource that leaves it out. Safe from any thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "daemon/storage/database.h"
#include "query/source.h"

namespace sluice::storage {

// Each costs every query of its tenant something.
inline constexpr std::size_t sample_deletions_max = 1'000;

struct SampleDeletion {
  std::vector<query::LabelMatcher> matchers;
  std::int64_t first_ms = 0;
  std::int64_t last_ms = 0;  // inclusive
  std::uint64_t number = 0;  // counts up, from 1; of its key

  bool covers(std::int64_t timestamp_ms) const {
    return first_ms <= timestamp_ms && timestamp_ms <= last_ms;
  }
};
using SampleDeletionList = std::shared_ptr<const std::vector<SampleDeletion>>;

std::string encode_sample_deletion(const SampleDeletion& deletion);
Result<SampleDeletion> decode_sample_deletion(std::string_view payload);  // corrupt

class SampleDeletions {
 public:
  explicit SampleDeletions(Database& database) : database_(database) {}
  Result<void> recover();

  // All of them in one step. Error(limit_exceeded): too many are kept already.
  Result<void> add(const TenantId& tenant, std::vector<SampleDeletion> deletions);
  // Never null.
  SampleDeletionList list(const TenantId& tenant) const;
  // Forgets those that end before the time: retention has dropped what they hid.
  Result<void> drop_before(std::int64_t timestamp_ms);

 private:
  struct Tenant {
    std::map<std::uint64_t, SampleDeletion> by_number;
    SampleDeletionList list;
  };
  static void publish(Tenant& tenant);

  Database& database_;
  mutable std::mutex mutex_;
  std::map<TenantId, Tenant> tenants_;  // protected by mutex_
  std::uint64_t next_number_ = 1;       // protected by mutex_
};

// What `inner` has, without what was deleted.
class VisibleSamples : public query::SampleSource {
 public:
  VisibleSamples(query::SampleSource& inner, const SampleDeletions& deletions)
      : inner_(inner), deletions_(deletions) {}

  Result<std::unique_ptr<query::SeriesCursor>> select(const query::SampleSelect& select,
                                                      query::QueryContext& context) override;
  Result<std::vector<LabelSet>> series(const query::SampleSelect& select,
                                       query::QueryContext& context) override;
  Result<std::vector<std::string>> label_names(const query::SampleSelect& select,
                                               query::QueryContext& context) override;
  Result<std::vector<std::string>> label_values(const query::SampleSelect& select,
                                                const std::string& name,
                                                query::QueryContext& context) override;
  Result<std::vector<MetricMetadata>> metadata(const TenantId& tenant) override {
    return inner_.metadata(tenant);
  }

 private:
  query::SampleSource& inner_;
  const SampleDeletions& deletions_;
};

}  // namespace sluice::storage
