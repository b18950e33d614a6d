#include "base/http/text.h"

#include <algorithm>

namespace sluice::http {

bool has_token(std::string_view list, std::string_view token) {
  const std::string wanted = lower_case(token);
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    if (lower_case(trim(list.substr(0, end))) == wanted) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

}  // namespace sluice::http
