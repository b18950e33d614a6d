// "Did you mean": the nearest of some known words by edit distance.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::query::cli {

// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b);

// Nothing if none is near enough to be a slip of the finger.
std::optional<std::string> closest(std::string_view word, const std::vector<std::string>& known);

}  // namespace sluice::query::cli
