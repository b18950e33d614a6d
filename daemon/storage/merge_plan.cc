#include "daemon/storage/merge_plan.h"

#include <algorithm>

namespace sluice::storage {

namespace {

constexpr std::int64_t late_ms = 2 * 3'600'000;  // samples may come late; no hurry either
constexpr std::size_t many = 16;                 // seals into one day

}  // namespace

void MergePlan::seen(const TenantId& tenant, Day day) {
  const std::lock_guard lock(mutex_);
  State& state = days_[{day, tenant}];
  if (state.left == 0 && state.chunks == 0) state.chunks = 1;
}

void MergePlan::sealed(const TenantId& tenant, Day day, std::size_t chunks) {
  const std::lock_guard lock(mutex_);
  State& state = days_[{day, tenant}];
  state.chunks += chunks;
  state.most = std::max(state.most, chunks);
}

void MergePlan::merged(const TenantId& tenant, Day day, std::size_t left) {
  const std::lock_guard lock(mutex_);
  State& state = days_[{day, tenant}];
  state.chunks = 0;
  state.left = left;
}

void MergePlan::dropped_before(Day day) {
  const std::lock_guard lock(mutex_);
  std::erase_if(days_, [&](const auto& item) { return item.first.first < day; });
}

void MergePlan::dropped_before(const TenantId& tenant, Day day) {
  const std::lock_guard lock(mutex_);
  std::erase_if(days_, [&](const auto& item) {
    return item.first.first < day && item.first.second == tenant;
  });
}

std::optional<MergePlan::TenantDay> MergePlan::due(std::int64_t now_ms) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [key, state] : days_) {
    const auto& [day, tenant] = key;
    const bool over = now_ms >= (std::int64_t{day} + 1) * ms_per_day + late_ms;
    if (over && state.chunks > 0) return TenantDay{tenant, day};
    // A day that goes on: only what would shrink a lot.
    if (state.most > 0 && state.chunks >= many * state.most) return TenantDay{tenant, day};
  }
  return std::nullopt;
}

}  // namespace sluice::storage
