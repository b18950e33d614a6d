// Identifiers of our own. Each is a type, so that two ids never change places in a call.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace sluice {

// A string that means one thing. Id<struct Tag> of different tags do not convert.
template <class Tag>
struct StringId {
  std::string value;
  StringId() = default;
  explicit StringId(std::string v) : value(std::move(v)) {}
  friend auto operator<=>(const StringId&, const StringId&) = default;
};

// Who the data belongs to (header X-Scope-OrgID). [A-Za-z0-9_.!*'()-]{1,150}, not "." or "..".
using TenantId = StringId<struct TenantTag>;
using AgentId = StringId<struct AgentTag>;
using DeploymentId = StringId<struct DeploymentTag>;
using GateId = StringId<struct GateTag>;

inline TenantId default_tenant() { return TenantId{"default"}; }
bool valid_tenant(const TenantId& tenant);

}  // namespace sluice

template <class Tag>
struct std::hash<sluice::StringId<Tag>> {
  std::size_t operator()(const sluice::StringId<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.value);
  }
};
