#include "daemon/storage/tenant_logs.h"

#include <algorithm>

namespace sluice::storage {

SharedLabels TenantLogs::intern(LabelSet labels) {
  const std::uint64_t hash = labels.hash();
  const std::lock_guard lock(intern_mutex_);
  const auto [begin, end] = interned_.equal_range(hash);
  for (auto it = begin; it != end; ++it)
    if (auto known = it->second.lock(); known && *known == labels) return known;
  auto shared = std::make_shared<const LabelSet>(std::move(labels));
  interned_.emplace(hash, shared);
  return shared;
}

bool TenantLogs::interned(const LabelSet& labels) const {
  const auto [begin, end] = interned_.equal_range(labels.hash());
  return std::any_of(begin, end, [&](const auto& item) {
    const auto known = item.second.lock();
    return known && *known == labels;
  });
}

// With an empty head nothing will be sealed, which is when labels of failed pushes are forgotten.
std::vector<PushOutcome::Refused> TenantLogs::take_excess(std::vector<PushStream>& streams,
                                                          std::size_t max) {
  std::unique_lock lock(intern_mutex_);
  if (interned_.size() + streams.size() <= max) return {};
  lock.unlock();
  if (head_state().bytes == 0) forget_unused_labels();
  lock.lock();
  std::vector<PushOutcome::Refused> refused;
  std::size_t count = interned_.size();
  std::erase_if(streams, [&](const PushStream& stream) {
    if (stream.entries.empty() || interned(stream.labels)) return false;
    if (count < max) {
      ++count;
      return false;
    }
    refused.push_back({stream.labels, stream.entries.size()});
    return true;
  });
  return refused;
}

void TenantLogs::forget_unused_labels() {
  const std::lock_guard lock(intern_mutex_);
  std::erase_if(interned_, [](const auto& item) { return item.second.expired(); });
}

void TenantLogs::add(HeadBatchPtr batch) {
  const std::lock_guard lock(mutex_);
  head_bytes_ += batch->memory_bytes();
  if (batch->entries() > 0) newest_ = std::max(newest_.value_or(Timestamp::min()), batch->last());
  head_.push_back(std::move(batch));
}

void TenantLogs::add(PartPtr part) {
  const std::lock_guard lock(mutex_);
  newest_ = std::max(newest_.value_or(Timestamp::min()), part->summary.last);
  auto parts = std::make_shared<PartList>(*parts_);
  parts->push_back(std::move(part));
  parts_ = std::move(parts);
}

LogView TenantLogs::view(const Database& database) const {
  const std::lock_guard lock(mutex_);
  return {head_, parts_, database.snapshot(), nullptr};
}

std::shared_ptr<const PartList> TenantLogs::parts() const {
  const std::lock_guard lock(mutex_);
  return parts_;
}

std::optional<Timestamp> TenantLogs::newest() const {
  const std::lock_guard lock(mutex_);
  return newest_;
}

TenantLogs::HeadState TenantLogs::head_state() const {
  const std::lock_guard lock(mutex_);
  HeadState state{head_bytes_, Timestamp::max()};
  if (!head_.empty()) state.oldest = head_.front()->received();
  return state;
}

std::vector<HeadBatchPtr> TenantLogs::head_front(std::size_t bytes) const {
  const std::lock_guard lock(mutex_);
  std::vector<HeadBatchPtr> front;
  std::size_t taken = 0;
  for (const auto& batch : head_) {
    if (taken >= bytes) break;
    taken += batch->memory_bytes();
    front.push_back(batch);
  }
  return front;
}

void TenantLogs::sealed(std::size_t batches, const std::vector<PartPtr>& parts) {
  // What the swap frees is freed after the lock.
  std::vector<HeadBatchPtr> gone;
  {
    const std::lock_guard lock(mutex_);
    const auto end = head_.begin() + static_cast<std::ptrdiff_t>(batches);
    for (auto it = head_.begin(); it != end; ++it) head_bytes_ -= (*it)->memory_bytes();
    gone.assign(std::make_move_iterator(head_.begin()), std::make_move_iterator(end));
    head_.erase(head_.begin(), end);
    auto list = std::make_shared<PartList>(*parts_);
    list->insert(list->end(), parts.begin(), parts.end());
    parts_ = std::move(list);
  }
  gone.clear();
  forget_unused_labels();
}

std::size_t TenantLogs::forget(const std::function<bool(const HeadBatch&)>& unwanted) {
  const std::lock_guard lock(mutex_);
  const std::size_t before = head_bytes_;
  std::erase_if(head_, [&](const HeadBatchPtr& batch) {
    if (!unwanted(*batch)) return false;
    head_bytes_ -= batch->memory_bytes();
    return true;
  });
  return before - head_bytes_;
}

bool TenantLogs::replace(const std::vector<PartPtr>& old, const PartPtr& merged) {
  const std::lock_guard lock(mutex_);
  const auto is_old = [&](const PartPtr& part) {
    return std::find(old.begin(), old.end(), part) != old.end();
  };
  auto list = std::make_shared<PartList>(*parts_);
  if (static_cast<std::size_t>(std::count_if(list->begin(), list->end(), is_old)) != old.size())
    return false;
  std::erase_if(*list, is_old);
  if (merged) list->push_back(merged);
  parts_ = std::move(list);
  return true;
}

void TenantLogs::restore(const PartPtr& merged, const std::vector<PartPtr>& old) {
  const std::lock_guard lock(mutex_);
  auto list = std::make_shared<PartList>(*parts_);
  if (merged) std::erase(*list, merged);
  list->insert(list->end(), old.begin(), old.end());
  parts_ = std::move(list);
}

template <class Wanted>
std::vector<PartPtr> TenantLogs::drop_if(const Wanted& wanted) {
  const std::lock_guard lock(mutex_);
  std::vector<PartPtr> dropped;
  auto list = std::make_shared<PartList>();
  for (const auto& part : *parts_) (wanted(*part) ? dropped : *list).push_back(part);
  if (!dropped.empty()) parts_ = std::move(list);
  return dropped;
}

std::vector<PartPtr> TenantLogs::drop_before(Day day) {
  return drop_if([day](const Part& part) { return part.day < day; });
}

std::vector<PartPtr> TenantLogs::drop_day(Day day) {
  return drop_if([day](const Part& part) { return part.day == day; });
}

}  // namespace sluice::storage
