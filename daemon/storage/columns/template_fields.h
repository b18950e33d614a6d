// The fields a template's slots stand for; see LineTemplate::fields.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/storage/columns/line_splitter.h"

namespace sluice::storage {

// One per slot; none for text. nullopt: the pieces are not those of a line of that kind. Not all
// that a line's must be is checked, but enough that every slot is a value and has a key.
std::optional<std::vector<std::string>> fields_of(LineKind kind,
                                                  const std::vector<std::string>& pieces);

}  // namespace sluice::storage
