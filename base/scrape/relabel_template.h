// Replacement texts with references to groups, as Go's regexp.Expand reads them: $1, $name, ${1},
// ${name}, and $$ for a dollar sign. $name takes as many letters, digits and underscores as there
// are; a group that does not exist is empty; a '$' before anything else stands for itself.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::scrape {

std::string expand_template(std::string_view text, const std::vector<std::string_view>& groups,
                            const std::map<std::string, int>& names);

}  // namespace sluice::scrape
