// TenantLimits: which Limits hold for a tenant. What it returns lives as long as the router.
#pragma once

#include <functional>

#include "base/types/ids.h"
#include "base/types/limits.h"

namespace sluice::ingest {

using TenantLimits = std::function<const Limits&(const TenantId&)>;

// The same for all; `limits` must outlive the router.
inline TenantLimits same_limits(const Limits& limits) {
  return [&limits](const TenantId&) -> const Limits& { return limits; };
}

}  // namespace sluice::ingest
