// Reads one entry of `release.policies`.
#pragma once

#include "base/config/yaml.h"
#include "rules/gate/policy.h"

namespace sluice::release {

rules::GatePolicy read_policy(YamlNode& node, const std::string& name);

}  // namespace sluice::release
