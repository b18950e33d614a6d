// PerTenant: a value that some tenants have differently. A plain value, read-only once made.
#pragma once

#include <map>

#include "base/types/ids.h"

namespace sluice {

template <class T>
class PerTenant {
 public:
  PerTenant() = default;
  PerTenant(T common) : common_(std::move(common)) {}  // NOLINT: of everybody, so converting

  const T& of(const TenantId& tenant) const {
    const auto it = own_.find(tenant);
    return it == own_.end() ? common_ : it->second;
  }
  const T& common() const { return common_; }
  T& common() { return common_; }
  // What a tenant has instead, in whole.
  void set(TenantId tenant, T own) { own_.insert_or_assign(std::move(tenant), std::move(own)); }
  // Calls visit(T&) for the common value and every tenant's own.
  template <class Visit>
  void each(Visit visit) {
    visit(common_);
    for (auto& [tenant, own] : own_) visit(own);
  }
  template <class Visit>
  void each(Visit visit) const {
    visit(common_);
    for (const auto& [tenant, own] : own_) visit(own);
  }

 private:
  T common_{};
  std::map<TenantId, T> own_;
};

}  // namespace sluice
