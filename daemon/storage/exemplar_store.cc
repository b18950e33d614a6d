#include "daemon/storage/exemplar_store.h"

#include <algorithm>

namespace sluice::storage {

namespace {

std::string batch_key(std::uint64_t number) {
  return document_key(Keyspace::exemplar, sequence_key(number));
}

std::size_t count_of(const std::vector<SeriesExemplars>& series) {
  std::size_t count = 0;
  for (const SeriesExemplars& one : series) count += one.exemplars.size();
  return count;
}

bool matches_any(const std::vector<std::vector<query::LabelMatcher>>& selectors,
                 const LabelSet& labels) {
  return std::any_of(selectors.begin(), selectors.end(),
                     [&](const auto& matchers) { return query::matches_all(matchers, labels); });
}

}  // namespace

Result<void> ExemplarStore::recover(const Database& database) {
  const std::lock_guard lock(mutex_);
  Scan scan = database.scan_prefix(Family::document, document_key(Keyspace::exemplar, ""));
  while (scan.next()) {
    const auto number = parse_sequence_key(scan.key().substr(1));
    const auto payload = scan.payload(ValueType::document);
    auto batch = payload ? decode_exemplars(*payload) : Result<ExemplarBatch>(payload.error());
    if (!batch) database.report_corrupt(batch.error());
    if (!batch || !number) continue;
    next_number_ = std::max(next_number_, *number + 1);
    Prepared write;
    write.tenant = std::move(batch->tenant);
    write.number = *number;
    write.series = std::move(batch->series);
    add(write);
  }
  return scan.status();
}

bool ExemplarStore::known(const Series* series, const LabelSet& labels,
                          const Exemplar& exemplar) const {
  if (!series) return false;
  const auto found = series->find(labels);
  if (found == series->end()) return false;
  return std::any_of(found->second.begin(), found->second.end(),
                     [&](const Stored& stored) { return stored.exemplar == exemplar; });
}

// Senders repeat a write whose answer they missed: what is there already is not stored again.
ExemplarStore::Prepared ExemplarStore::prepare(const TenantId& tenant,
                                               std::vector<SeriesExemplars> series) {
  Prepared write;
  write.tenant = tenant;
  if (series.empty()) return write;
  const std::lock_guard lock(mutex_);
  write.accepted = count_of(series);
  const auto at = tenants_.find(tenant);
  const Series* stored = at == tenants_.end() ? nullptr : &at->second;
  for (SeriesExemplars& one : series)
    std::erase_if(one.exemplars,
                  [&](const Exemplar& exemplar) { return known(stored, one.series, exemplar); });
  std::erase_if(series, [](const SeriesExemplars& one) { return one.exemplars.empty(); });
  if (series.empty()) return write;
  write.series = std::move(series);
  write.number = next_number_++;
  std::size_t after = count_ + count_of(write.series);
  for (auto batch = batches_.begin(); batch != batches_.end() && after > most_; ++batch) {
    after -= batch->count;
    write.dropped.push_back(batch->number);
  }
  return write;
}

void ExemplarStore::add_to(Batch& step, const Prepared& write) {
  if (write.empty()) return;
  step.put(Family::document, batch_key(write.number), ValueType::document,
           encode_exemplars(write.tenant, write.series));
  for (const std::uint64_t number : write.dropped) step.remove(Family::document, batch_key(number));
}

void ExemplarStore::apply(const Prepared& write) {
  if (write.empty()) return;
  const std::lock_guard lock(mutex_);
  while (!write.dropped.empty() && !batches_.empty() &&
         batches_.front().number <= write.dropped.back())
    forget_oldest();
  add(write);
}

// Concurrent writes may come in another order than their numbers; in memory the order of coming
// counts.
void ExemplarStore::add(const Prepared& write) {
  BatchInfo info{write.number, write.tenant, {}, count_of(write.series), INT64_MIN};
  Series& series = tenants_[write.tenant];
  for (const SeriesExemplars& one : write.series) {
    auto& stored = series[one.series];
    for (const Exemplar& exemplar : one.exemplars) {
      info.newest_ms = std::max(info.newest_ms, exemplar.timestamp_ms);
      stored.push_back({write.number, exemplar});
    }
    info.series.push_back(one.series);
  }
  count_ += info.count;
  batches_.push_back(std::move(info));
}

void ExemplarStore::forget_oldest() {
  const BatchInfo& oldest = batches_.front();
  const auto tenant = tenants_.find(oldest.tenant);
  for (const LabelSet& labels : oldest.series) {
    const auto series = tenant->second.find(labels);
    if (series == tenant->second.end()) continue;
    std::erase_if(series->second,
                  [&](const Stored& stored) { return stored.number == oldest.number; });
    if (series->second.empty()) tenant->second.erase(series);
  }
  if (tenant->second.empty()) tenants_.erase(tenant);
  count_ -= oldest.count;
  batches_.pop_front();
}

Result<void> ExemplarStore::drop_before(Database& database, std::int64_t timestamp_ms) {
  const std::lock_guard lock(mutex_);
  Batch step = database.batch();
  std::size_t gone = 0;
  while (gone < batches_.size() && batches_[gone].newest_ms < timestamp_ms)
    step.remove(Family::document, batch_key(batches_[gone++].number));
  if (gone == 0) return {};
  SLUICE_CHECK(database.write(step, Writer::maintenance));
  for (; gone > 0; --gone) forget_oldest();
  return {};
}

Result<std::vector<SeriesExemplars>> ExemplarStore::exemplars(
    const TenantId& tenant, const std::vector<std::vector<query::LabelMatcher>>& selectors,
    std::int64_t start_ms, std::int64_t end_ms) {
  const std::lock_guard lock(mutex_);
  std::vector<SeriesExemplars> found;
  const auto at = tenants_.find(tenant);
  if (at == tenants_.end()) return found;
  for (const auto& [labels, stored] : at->second) {
    if (!matches_any(selectors, labels)) continue;
    SeriesExemplars one{labels, {}};
    for (const Stored& s : stored)
      if (s.exemplar.timestamp_ms >= start_ms && s.exemplar.timestamp_ms <= end_ms)
        one.exemplars.push_back(s.exemplar);
    std::stable_sort(
        one.exemplars.begin(), one.exemplars.end(),
        [](const Exemplar& a, const Exemplar& b) { return a.timestamp_ms < b.timestamp_ms; });
    if (!one.exemplars.empty()) found.push_back(std::move(one));
  }
  return found;
}

std::size_t ExemplarStore::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

}  // namespace sluice::storage
