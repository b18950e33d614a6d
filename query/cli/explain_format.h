// What the server says of how it answered (data.explain), added up over pages and printed; pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace sluice::query::cli {

// Adds the numbers of `page` to those of `total`; other members are kept.
void add_explain(nlohmann::json& total, const nlohmann::json& page);

std::string format_explain(const nlohmann::json& explain);

}  // namespace sluice::query::cli
