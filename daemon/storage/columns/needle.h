// Needle: bytes looked for in lines, as written or in any case of its ASCII letters.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/ascii.h"
#include "daemon/storage/columns/line_search.h"

namespace sluice::storage {

struct Needle {
  std::string text;   // of a folded needle in lower case
  bool fold = false;  // letters of either case match
  friend bool operator==(const Needle&, const Needle&) = default;
};

// Are the bytes the same? Folded, `pattern` must be in lower case.
bool same(std::string_view text, std::string_view pattern, bool fold);
bool begins_with(std::string_view text, std::string_view pattern, bool fold);
bool ends_with(std::string_view text, std::string_view pattern, bool fold);
bool contains(std::string_view text, std::string_view pattern, bool fold);

// placements() of line_search.h for either kind; texts of conditions are parts of needle.text, to
// be tested the way the needle is.
std::optional<std::vector<Placement>> placements(const LineTemplate& pattern, const Needle& needle);
// Without those within one slot, which each slot offers.
std::optional<std::vector<Placement>> placements_across(const LineTemplate& pattern,
                                                        const Needle& needle);

}  // namespace sluice::storage
