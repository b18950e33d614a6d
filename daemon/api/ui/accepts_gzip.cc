#include "daemon/api/ui/accepts_gzip.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace sluice::api {
namespace {

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

// "q=0", "q=0.0", "q=0.000": refused. Anything else counts as wanted.
bool refused(std::string_view parameters) {
  const auto q = trim(parameters);
  if (!same_word(q.substr(0, 2), "q=")) return false;
  return q.substr(2).find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
  bool by_star = false;
  while (!accept_encoding.empty()) {
    const auto comma = accept_encoding.find(',');
    const auto item = accept_encoding.substr(0, comma);
    accept_encoding.remove_prefix(std::min(accept_encoding.size(), item.size() + 1));
    const auto semicolon = item.find(';');
    const auto name = trim(item.substr(0, semicolon));
    const bool ok = semicolon == std::string_view::npos || !refused(item.substr(semicolon + 1));
    if (same_word(name, "gzip") || same_word(name, "x-gzip")) return ok;
    if (name == "*") by_star = ok;
  }
  return by_star;
}

}  // namespace sluice::api
