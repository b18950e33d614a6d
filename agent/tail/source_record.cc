#include "agent/tail/source_record.h"

#include <sys/random.h>

#include <array>
#include <cerrno>

#include "base/types/assert.h"

namespace sluice::agent {

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::live: return "live";
    case Phase::draining: return "draining";
    case Phase::lost: return "lost";
    case Phase::done: return "done";
  }
  return "live";
}

std::string random_source_id() {
  std::array<unsigned char, 16> bytes{};
  ssize_t got = -1;
  do {
    got = ::getrandom(bytes.data(), bytes.size(), 0);
  } while (got < 0 && errno == EINTR);
  SLUICE_ASSERT(got == static_cast<ssize_t>(bytes.size()));
  constexpr std::string_view hex = "0123456789abcdef";
  std::string id;
  for (const auto b : bytes) {
    id.push_back(hex[b >> 4U]);
    id.push_back(hex[b & 15U]);
  }
  return id;
}

}  // namespace sluice::agent
