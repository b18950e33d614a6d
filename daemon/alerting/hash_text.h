// Hashes as text for keys of stored documents. XXH3-64 over the parts, each followed by 0xff, so
// that ("a", "bc") and ("ab", "c") differ. Frozen: the keys reach the disk.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace sluice::alerting {

std::string hash_text(std::initializer_list<std::string_view> parts);  // 16 hex digits

}  // namespace sluice::alerting
