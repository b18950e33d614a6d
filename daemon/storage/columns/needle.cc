#include "daemon/storage/columns/needle.h"

#include <algorithm>
#include <cstring>

namespace sluice::storage {

namespace {

// memmem() makes a table of its needle first, which takes longer than looking through so little.
constexpr std::size_t short_text = 64;

bool same_folded(char c, char lower) {
  return to_lower(c) == lower;
}

}  // namespace

bool same(std::string_view text, std::string_view pattern, bool fold) {
  if (text.size() != pattern.size()) return false;
  return fold ? std::equal(text.begin(), text.end(), pattern.begin(), same_folded)
              : text == pattern;
}

bool begins_with(std::string_view text, std::string_view pattern, bool fold) {
  return text.size() >= pattern.size() && same(text.substr(0, pattern.size()), pattern, fold);
}

bool ends_with(std::string_view text, std::string_view pattern, bool fold) {
  return text.size() >= pattern.size() &&
         same(text.substr(text.size() - pattern.size()), pattern, fold);
}

bool contains(std::string_view text, std::string_view pattern, bool fold) {
  if (pattern.empty() || text.size() < pattern.size()) return pattern.empty();
  if (!fold && text.size() <= short_text) return text.find(pattern) != text.npos;
  if (!fold) return ::memmem(text.data(), text.size(), pattern.data(), pattern.size()) != nullptr;
  return std::search(text.begin(), text.end(), pattern.begin(), pattern.end(), same_folded) !=
         text.end();
}

}  // namespace sluice::storage
