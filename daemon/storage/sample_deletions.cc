#include "daemon/storage/sample_deletions.h"

#include <algorithm>

#include "daemon/storage/codec/bytes.h"

namespace sluice::storage {

namespace {

std::string tenant_prefix(const TenantId& tenant) {
  return tenant.value + '\0';
}

std::string deletion_key(const TenantId& tenant, std::uint64_t number) {
  return document_key(Keyspace::sample_deletion, tenant_prefix(tenant) + sequence_key(number));
}

}  // namespace

std::string encode_sample_deletion(const SampleDeletion& deletion) {
  std::string out;
  put_zigzag(out, deletion.first_ms);
  put_zigzag(out, deletion.last_ms);
  put_varint(out, deletion.matchers.size());
  for (const query::LabelMatcher& matcher : deletion.matchers) {
    put_string(out, matcher.name());
    out += static_cast<char>(matcher.op());
    put_string(out, matcher.value());
  }
  return out;
}

Result<SampleDeletion> decode_sample_deletion(std::string_view payload) {
  const Error corrupt{ErrorCode::corrupt, "a deletion of samples does not decode"};
  ByteReader in(payload);
  SampleDeletion deletion;
  deletion.first_ms = in.zigzag();
  deletion.last_ms = in.zigzag();
  const std::size_t count = in.count(3);
  for (std::size_t i = 0; i < count; ++i) {
    std::string name(in.string());
    const std::string_view op = in.bytes(1);
    std::string value(in.string());
    if (!in.ok() || op.empty() || op[0] > 3 || op[0] < 0) return corrupt;
    SLUICE_TRY(auto matcher,
               query::LabelMatcher::make(std::move(name), static_cast<query::MatchOp>(op[0]),
                                         std::move(value)));
    deletion.matchers.push_back(std::move(matcher));
  }
  if (!in.finished()) return corrupt;
  return deletion;
}

Result<void> SampleDeletions::recover() {
  const std::lock_guard lock(mutex_);
  Scan scan = database_.scan_prefix(Family::document, document_key(Keyspace::sample_deletion, ""));
  while (scan.next()) {
    const std::string_view key = scan.key().substr(1);
    const std::size_t nul = key.find('\0');
    const auto number =
        nul == std::string_view::npos ? std::nullopt : parse_sequence_key(key.substr(nul + 1));
    const auto payload = scan.payload(ValueType::document);
    auto deletion =
        payload ? decode_sample_deletion(*payload) : Result<SampleDeletion>(payload.error());
    if (!deletion) database_.report_corrupt(deletion.error());
    if (!deletion || !number) continue;
    next_number_ = std::max(next_number_, *number + 1);
    deletion->number = *number;
    tenants_[TenantId{std::string(key.substr(0, nul))}].by_number.emplace(*number,
                                                                          std::move(*deletion));
  }
  for (auto& [id, tenant] : tenants_) publish(tenant);
  return scan.status();
}

void SampleDeletions::publish(Tenant& tenant) {
  auto list = std::make_shared<std::vector<SampleDeletion>>();
  for (const auto& [number, deletion] : tenant.by_number) list->push_back(deletion);
  tenant.list = std::move(list);
}

Result<void> SampleDeletions::add(const TenantId& id, std::vector<SampleDeletion> deletions) {
  const std::lock_guard lock(mutex_);
  const auto known = tenants_.find(id);
  const std::size_t before = known == tenants_.end() ? 0 : known->second.by_number.size();
  if (before + deletions.size() > sample_deletions_max)
    return Error{ErrorCode::limit_exceeded,
                 "at most " + std::to_string(sample_deletions_max) +
                     " deletions of samples are kept until retention drops what they hide"};
  Batch step = database_.batch();
  for (std::size_t i = 0; i < deletions.size(); ++i)
    step.put(Family::document, deletion_key(id, next_number_ + i), ValueType::document,
             encode_sample_deletion(deletions[i]));
  SLUICE_CHECK(database_.write(step, Writer::client));
  Tenant& tenant = tenants_[id];
  for (SampleDeletion& deletion : deletions) {
    deletion.number = next_number_++;
    tenant.by_number.emplace(deletion.number, std::move(deletion));
  }
  publish(tenant);
  return {};
}

SampleDeletionList SampleDeletions::list(const TenantId& id) const {
  static const SampleDeletionList none = std::make_shared<std::vector<SampleDeletion>>();
  const std::lock_guard lock(mutex_);
  const auto found = tenants_.find(id);
  return found == tenants_.end() ? none : found->second.list;
}

Result<void> SampleDeletions::drop_before(std::int64_t timestamp_ms) {
  const std::lock_guard lock(mutex_);
  Batch step = database_.batch();
  const auto over = [&](const auto& entry) { return entry.second.last_ms < timestamp_ms; };
  for (const auto& [id, tenant] : tenants_)
    for (const auto& entry : tenant.by_number)
      if (over(entry)) step.remove(Family::document, deletion_key(id, entry.first));
  if (step.empty()) return {};
  SLUICE_CHECK(database_.write(step, Writer::maintenance));
  for (auto& [id, tenant] : tenants_)
    if (std::erase_if(tenant.by_number, over) > 0) publish(tenant);
  std::erase_if(tenants_, [](const auto& entry) { return entry.second.by_number.empty(); });
  return {};
}

}  // namespace sluice::storage
