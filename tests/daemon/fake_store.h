// FakeStore: storage::Store over maps, for tests of the modules above storage.
//
// Documents and samples "survive a crash": make the managers anew over the same FakeStore. Commits
// can be made to fail from a given one on (fail_commits_from), which is what a kill between two
// steps looks like to the store. Logs and samples are read through the memory sources of
// tests/query. Safe from any thread, apart from the test's own knobs.
#pragma once

#include <limits>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>

#include "daemon/storage/store.h"
#include "tests/query/memory_source.h"

namespace sluice::storage::test {

class FakeStore : public Store {
 public:
  // --- knobs and looks of the test ---
  Freshness fresh;
  std::size_t commits = 0;                                                  // successful ones
  std::size_t fail_commits_from = std::numeric_limits<std::size_t>::max();  // by `commits`
  std::vector<SeriesSamples> written;                                       // by steps
  std::map<std::pair<Keyspace, std::string>, std::string> documents;

  std::vector<std::string> keys(Keyspace space) const {
    std::vector<std::string> out;
    for (const auto& [key, value] : documents) {
      if (key.first == space) out.push_back(key.second);
    }
    return out;
  }

  // --- Store ---
  Result<PushOutcome> push(LogPush push) override {
    const std::lock_guard lock(mutex_);
    PushOutcome outcome;
    for (auto& stream : push.streams) {
      outcome.accepted += stream.entries.size();
      for (const auto& entry : stream.entries) logs_.add(stream.labels, entry.copy());
    }
    return outcome;
  }

  Result<WriteOutcome> write(const TenantId&, std::vector<SeriesSamples> series,
                             std::vector<MetricMetadata>,
                             std::vector<SeriesExemplars> = {}) override {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (auto& one : series) count += one.samples.size();
    written.insert(written.end(), series.begin(), series.end());
    return WriteOutcome{count};
  }

  Result<void> commit(const Step& step) override {
    const std::lock_guard lock(mutex_);
    if (commits >= fail_commits_from) return Error{ErrorCode::io, "the store was killed"};
    ++commits;
    for (const auto& change : step.changes()) {
      if (change.value) {
        documents[{change.space, change.key}] = *change.value;
      } else {
        documents.erase({change.space, change.key});
      }
    }
    for (const auto& samples : step.samples()) {
      written.insert(written.end(), samples.series.begin(), samples.series.end());
    }
    return {};
  }

  Result<std::optional<std::string>> get(Keyspace space, std::string_view key) override {
    const std::lock_guard lock(mutex_);
    const auto it = documents.find({space, std::string(key)});
    if (it == documents.end()) return std::optional<std::string>();
    return std::optional<std::string>(it->second);
  }

  Result<std::vector<Document>> scan(Keyspace space, std::string_view prefix) override {
    const std::lock_guard lock(mutex_);
    std::vector<Document> out;
    for (const auto& [key, value] : documents) {
      if (key.first == space && key.second.starts_with(prefix)) out.push_back({key.second, value});
    }
    return out;
  }

  query::LogSource& logs() override { return logs_; }
  query::SampleSource& samples() override { return samples_; }
  query::ExemplarSource& exemplars() override {
    throw std::logic_error("the fake store has no exemplars");
  }
  StoreOperations& operations() override {
    throw std::logic_error("the fake store has no operations");
  }
  Freshness freshness(const TenantId&) override { return fresh; }
  Result<std::uint64_t> high_water(const TenantId&, const BatchIdentity&) override { return 0; }
  std::uint64_t listen(PushListener) override { return 0; }
  void unlisten(std::uint64_t) override {}
  Result<void> flush() override { return {}; }
  void tick() override {}

 private:
  std::mutex mutex_;
  query::test::MemoryLogSource logs_;
  query::test::MemorySampleSource samples_;
};

}  // namespace sluice::storage::test
