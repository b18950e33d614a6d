// Recognising regexes that are only words: `error`, `a|b|c`, `(?:a\.b|c)`.
//
// Such patterns are most of what people write in selectors and filters, and plain comparison or
// memmem answers them many times faster than an automaton; stores look the words up in an index.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::query {

// The alternatives, in order, if `pattern` is nothing but literals joined by '|' (perhaps inside
// one group); nullopt for every other pattern.
std::optional<std::vector<std::string>> literal_alternatives(std::string_view pattern);

}  // namespace sluice::query
