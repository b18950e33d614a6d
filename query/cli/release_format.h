// Deployments, as docs/format/deployment.md describes them, for people; pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace sluice::query::cli {

std::string release_text(const nlohmann::json& release, bool color);
std::string release_table(const nlohmann::json& releases, bool color);

}  // namespace sluice::query::cli
