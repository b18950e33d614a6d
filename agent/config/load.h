// Reads agent.yaml into AgentOptions. Strict: unknown keys, wrong types and contradictions are
// errors, all reported at once, each with file:line:col.
#pragma once

#include <string>

#include "agent/config/options.h"
#include "base/types/result.h"

namespace sluice::agent {

Result<AgentOptions> load_config(const std::string& path);
Result<AgentOptions> parse_config(std::string text, std::string name);

}  // namespace sluice::agent
