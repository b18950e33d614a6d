// Lines like those of real services, for tests of the columnar row group: seeded, no files.
#pragma once

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::test {

// One line of some kind: system logs, access logs, JSON, logfmt, and damaged forms of them.
std::string sample_line(std::mt19937_64& random);
// Any bytes: NUL, invalid UTF-8 and all.
std::string random_bytes(std::mt19937_64& random, std::size_t longest);
// Bytes that matter to a splitter, in any order.
std::string random_syntax(std::mt19937_64& random, std::size_t longest);

}  // namespace sluice::test
