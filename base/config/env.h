// Environment variables in configuration text: ${NAME}, ${NAME:-default}, and $$ for a dollar sign.
//
// A '$' before anything else stands for itself, and so does "${1}". An unset variable without a
// default is an error: an empty password or address must never come from a misspelt name. ":-" also
// replaces an empty value, as in a shell. Values are not expanded again.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/types/result.h"

namespace sluice {

using EnvLookup = std::function<std::optional<std::string>(const std::string& name)>;

// The process's own environment.
std::optional<std::string> process_env(const std::string& name);

Result<std::string> expand_env(std::string_view text, const EnvLookup& lookup = process_env);

}  // namespace sluice
