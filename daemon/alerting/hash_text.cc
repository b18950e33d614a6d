#include "daemon/alerting/hash_text.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdio>

namespace sluice::alerting {

std::string hash_text(std::initializer_list<std::string_view> parts) {
  std::string bytes;
  for (const auto part : parts) {
    bytes += part;
    bytes += '\xff';
  }
  char text[17];
  std::snprintf(text, sizeof text, "%016llx",
                static_cast<unsigned long long>(XXH3_64bits(bytes.data(), bytes.size())));
  return text;
}

}  // namespace sluice::alerting
