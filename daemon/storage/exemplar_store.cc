#include "daemon/storage/exemplar_store.h"

#include <algorithm>
#include <bit>
#include <tuple>

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

std::int64_t newest_of(const std::vector<SeriesExemplars>& series) {
  std::int64_t newest = INT64_MIN;
  for (const SeriesExemplars& one : series)
    for (const Exemplar& exemplar : one.exemplars) newest = std::max(newest, exemplar.timestamp_ms);
  return newest;
}

bool matches_any(const ExemplarStore::Selectors& selectors, const LabelSet& labels) {
  return std::any_of(selectors.begin(), selectors.end(),
                     [&](const auto& matchers) { return query::matches_all(matchers, labels); });
}

// What is left of a batch; whose span of a series says which of its exemplars go.
template <class SpanOf>
std::vector<SeriesExemplars> without_spans(const std::vector<SeriesExemplars>& series,
                                           const SpanOf& span_of) {
  std::vector<SeriesExemplars> left;
  for (const SeriesExemplars& one : series) {
    const auto span = span_of(one.series);
    SeriesExemplars kept{one.series, {}};
    std::copy_if(one.exemplars.begin(), one.exemplars.end(), std::back_inserter(kept.exemplars),
                 [&](const Exemplar& exemplar) { return !span.has(exemplar); });
    if (!kept.exemplars.empty()) left.push_back(std::move(kept));
  }
  return left;
}

// By the first cut that matches, as with samples.
std::int64_t first_kept_ms(const std::vector<RetentionCut>& cuts, const LabelSet& labels) {
  for (const RetentionCut& cut : cuts)
    if (query::matches_all(cut.matchers, labels))
      return cut.before == Timestamp::min() ? INT64_MIN : unix_ms(to_ms(cut.before));
  return INT64_MIN;
}

template <class Predicate>
void erase_exemplars(std::vector<SeriesExemplars>& series, const Predicate& predicate) {
  for (SeriesExemplars& one : series)
    std::erase_if(one.exemplars,
                  [&](const Exemplar& exemplar) { return predicate(one.series, exemplar); });
  std::erase_if(series, [](const SeriesExemplars& one) { return one.exemplars.empty(); });
}

// The newest stay; of those at the oldest time that stays the first.
void cut_to(std::vector<SeriesExemplars>& series, std::size_t most) {
  if (count_of(series) <= most) return;
  std::vector<std::int64_t> times;
  for (const SeriesExemplars& one : series)
    for (const Exemplar& exemplar : one.exemplars) times.push_back(exemplar.timestamp_ms);
  std::sort(times.begin(), times.end(), std::greater<>());
  times.resize(most);
  const std::int64_t oldest = times.empty() ? INT64_MAX : times.back();
  auto room = std::count(times.begin(), times.end(), oldest);
  erase_exemplars(series, [&](const LabelSet&, const Exemplar& exemplar) {
    return exemplar.timestamp_ms < oldest || (exemplar.timestamp_ms == oldest && room-- <= 0);
  });
}

}  // namespace

std::size_t ExemplarStore::ContentHash::operator()(const Exemplar* exemplar) const {
  std::uint64_t hash = exemplar->labels.hash();
  for (const std::uint64_t more : {static_cast<std::uint64_t>(exemplar->timestamp_ms),
                                   std::bit_cast<std::uint64_t>(exemplar->value)})
    hash = (hash ^ more) * 0x9E3779B97F4A7C15ULL;
  return hash ^ (hash >> 32);
}

// Values bit by bit: a NaN is itself.
bool ExemplarStore::ContentEqual::operator()(const Exemplar* a, const Exemplar* b) const {
  return a->timestamp_ms == b->timestamp_ms &&
         std::bit_cast<std::uint64_t>(a->value) == std::bit_cast<std::uint64_t>(b->value) &&
         a->labels == b->labels;
}

Result<void> ExemplarStore::recover(Database& database) {
  const std::lock_guard lock(mutex_);
  Scan scan = database.scan_prefix(Family::document, document_key(Keyspace::exemplar, ""));
  while (scan.next()) {
    const auto number = parse_sequence_key(scan.key().substr(1));
    const auto payload = scan.payload(ValueType::document);
    auto batch = payload ? decode_exemplars(*payload) : Result<ExemplarBatch>(payload.error());
    if (!batch) database.report_corrupt(batch.error());
    if (!batch || !number) continue;
    next_number_ = std::max(next_number_, *number + 1);
    add(*number, std::move(batch->tenant), std::move(batch->series));
  }
  SLUICE_CHECK(scan.status());
  // On a full disk they stay there until the next start.
  const auto surplus = make_room();
  if (!remove_batches(database, surplus))
    for (const std::uint64_t number : surplus) forget(number);
  return {};
}

// Senders repeat a write whose answer they missed: what is there already is not stored again.
void ExemplarStore::keep_new(const TenantId& tenant, std::vector<SeriesExemplars>& series) const {
  const auto at = tenants_.find(tenant);
  if (at == tenants_.end()) return;
  erase_exemplars(series, [&](const LabelSet& labels, const Exemplar& exemplar) {
    const auto known = at->second.series.find(labels);
    return known != at->second.series.end() && known->second.contains(&exemplar);
  });
}

// The oldest batches, until the rest and what is pending are within the bound.
std::vector<std::uint64_t> ExemplarStore::make_room() {
  std::vector<std::uint64_t> dropped;
  for (auto& [number, batch] : batches_) {
    if (count_ + pending_ <= most_) break;
    if (batch.leaving) continue;
    batch.leaving = true;
    count_ -= batch.count;
    dropped.push_back(number);
  }
  return dropped;
}

ExemplarStore::Prepared ExemplarStore::prepare(const TenantId& tenant,
                                               std::vector<SeriesExemplars> series) {
  Prepared write;
  write.tenant = tenant;
  if (series.empty()) return write;
  const std::lock_guard lock(mutex_);
  keep_new(tenant, series);
  cut_to(series, most_);
  if (series.empty()) return write;
  write.count = count_of(series);
  write.series = std::move(series);
  write.number = next_number_++;
  pending_ += write.count;
  write.dropped = make_room();
  return write;
}

void ExemplarStore::add_to(Batch& step, const Prepared& write) {
  if (write.empty()) return;
  step.put(Family::document, batch_key(write.number), ValueType::document,
           encode_exemplars(write.tenant, write.series));
  for (const std::uint64_t number : write.dropped) step.remove(Family::document, batch_key(number));
}

void ExemplarStore::apply(Prepared write) {
  if (write.empty()) return;
  const std::lock_guard lock(mutex_);
  for (const std::uint64_t number : write.dropped) forget(number);
  pending_ -= write.count;
  add(write.number, std::move(write.tenant), std::move(write.series));
}

void ExemplarStore::abandon(const Prepared& write) {
  if (write.empty()) return;
  const std::lock_guard lock(mutex_);
  pending_ -= write.count;
  for (const std::uint64_t number : write.dropped) {
    const auto at = batches_.find(number);
    if (at == batches_.end()) continue;
    at->second.leaving = false;
    count_ += at->second.count;
  }
}

void ExemplarStore::add(std::uint64_t number, TenantId tenant,
                        std::vector<SeriesExemplars> series) {
  Held& batch = batches_[number];
  batch.tenant = std::move(tenant);
  batch.series = std::move(series);
  batch.count = count_of(batch.series);
  batch.newest_ms = newest_of(batch.series);
  count_ += batch.count;
  index(number, batch);
}

void ExemplarStore::index(std::uint64_t number, const Held& batch) {
  Tenant& tenant = tenants_[batch.tenant];
  tenant.by_newest.emplace(batch.newest_ms, number);
  for (const SeriesExemplars& one : batch.series) {
    Contents& contents = tenant.series[one.series];
    for (const Exemplar& exemplar : one.exemplars) contents.insert(&exemplar);
  }
}

// Of two equal ones, from writes at the same time, only one is in the index.
void ExemplarStore::unindex(std::uint64_t number, const Held& batch) {
  const auto tenant = tenants_.find(batch.tenant);
  tenant->second.by_newest.erase({batch.newest_ms, number});
  for (const SeriesExemplars& one : batch.series) {
    const auto series = tenant->second.series.find(one.series);
    if (series == tenant->second.series.end()) continue;
    for (const Exemplar& exemplar : one.exemplars) {
      const auto at = series->second.find(&exemplar);
      if (at != series->second.end() && *at == &exemplar) series->second.erase(at);
    }
    if (series->second.empty()) tenant->second.series.erase(series);
  }
  if (tenant->second.by_newest.empty()) tenants_.erase(tenant);
}

void ExemplarStore::forget(std::uint64_t number) {
  const auto at = batches_.find(number);
  if (at == batches_.end()) return;
  unindex(number, at->second);
  if (!at->second.leaving) count_ -= at->second.count;
  batches_.erase(at);
}

Result<void> ExemplarStore::remove_batches(Database& database,
                                           const std::vector<std::uint64_t>& numbers) {
  if (numbers.empty()) return {};
  Batch step = database.batch();
  for (const std::uint64_t number : numbers) step.remove(Family::document, batch_key(number));
  SLUICE_CHECK(database.write(step, Writer::maintenance));
  for (const std::uint64_t number : numbers) forget(number);
  return {};
}

Result<void> ExemplarStore::drop_before(Database& database, const FirstKept& first_kept) {
  const std::lock_guard lock(mutex_);
  std::vector<std::uint64_t> gone;
  for (const auto& [id, tenant] : tenants_) {
    const std::int64_t first_ms = first_kept(id);
    for (const auto& [newest_ms, number] : tenant.by_newest) {
      if (newest_ms >= first_ms) break;
      gone.push_back(number);
    }
  }
  return remove_batches(database, gone);
}

Result<void> ExemplarStore::drop_cut(Database& database, const TenantCuts& cuts_of) {
  const std::lock_guard lock(mutex_);
  std::vector<TenantId> ids;
  for (const auto& [id, tenant] : tenants_) ids.push_back(id);
  for (const TenantId& id : ids) SLUICE_CHECK(drop_cut(database, id, cuts_of(id)));
  return {};
}

Result<void> ExemplarStore::drop_cut(Database& database, const TenantId& id,
                                     const std::vector<RetentionCut>& cuts) {
  if (cuts.empty() || batches_.empty()) return {};
  std::vector<Timestamp> times;
  for (const RetentionCut& cut : cuts) times.push_back(cut.before);
  const Tenant& before = tenants_[id];
  const std::uint64_t from = before.cuts == times ? before.uncut : 0;
  const std::uint64_t end = batches_.rbegin()->first + 1;
  SLUICE_CHECK(
      remove_spans(database, id, Writer::maintenance, from, [&](const LabelSet& labels) -> Span {
        const std::int64_t first_kept = first_kept_ms(cuts, labels);
        return first_kept == INT64_MIN ? Span() : Span{INT64_MIN, first_kept - 1};
      }));
  const auto after = tenants_.find(id);
  if (after == tenants_.end()) return {};
  after->second.cuts = std::move(times);
  after->second.uncut = end;
  return {};
}

Result<void> ExemplarStore::remove(Database& database, const TenantId& tenant,
                                   const Selectors& selectors, std::int64_t start_ms,
                                   std::int64_t end_ms) {
  const std::lock_guard lock(mutex_);
  return remove_spans(database, tenant, Writer::client, 0, [&](const LabelSet& labels) {
    return matches_any(selectors, labels) ? Span{start_ms, end_ms} : Span();
  });
}

Result<void> ExemplarStore::remove_spans(Database& database, const TenantId& tenant, Writer writer,
                                         std::uint64_t from_number, const SpanOf& span_of) {
  Batch step = database.batch();
  std::vector<std::uint64_t> gone;
  std::map<std::uint64_t, std::vector<SeriesExemplars>> changed;
  for (auto at = batches_.lower_bound(from_number); at != batches_.end(); ++at) {
    const auto& [number, batch] = *at;
    if (batch.tenant != tenant) continue;
    auto rest = without_spans(batch.series, span_of);
    if (count_of(rest) == batch.count) continue;
    // One that is leaving may be gone from the disk already: nothing is written over it.
    if (rest.empty() || batch.leaving) {
      gone.push_back(number);
      continue;
    }
    step.put(Family::document, batch_key(number), ValueType::document,
             encode_exemplars(tenant, rest));
    changed.emplace(number, std::move(rest));
  }
  if (!step.empty()) SLUICE_CHECK(database.write(step, writer));
  for (auto& [number, rest] : changed) {
    forget(number);
    add(number, tenant, std::move(rest));
  }
  return remove_batches(database, gone);
}

Result<std::vector<SeriesExemplars>> ExemplarStore::exemplars(const TenantId& tenant,
                                                              const Selectors& selectors,
                                                              std::int64_t start_ms,
                                                              std::int64_t end_ms) {
  const std::lock_guard lock(mutex_);
  std::vector<SeriesExemplars> found;
  const auto at = tenants_.find(tenant);
  if (at == tenants_.end()) return found;
  for (const auto& [labels, contents] : at->second.series) {
    if (!matches_any(selectors, labels)) continue;
    SeriesExemplars one{labels, {}};
    for (const Exemplar* exemplar : contents)
      if (exemplar->timestamp_ms >= start_ms && exemplar->timestamp_ms <= end_ms)
        one.exemplars.push_back(*exemplar);
    std::sort(one.exemplars.begin(), one.exemplars.end(), [](const Exemplar& a, const Exemplar& b) {
      return std::tie(a.timestamp_ms, a.labels) < std::tie(b.timestamp_ms, b.labels);
    });
    if (!one.exemplars.empty()) found.push_back(std::move(one));
  }
  return found;
}

std::size_t ExemplarStore::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

}  // namespace sluice::storage
