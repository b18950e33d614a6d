#include "query/memory.h"

namespace sluice::query {

bool QueryMemory::account(std::int64_t bytes) {
  return held_.fetch_add(bytes) + bytes <= static_cast<std::int64_t>(limit_);
}

}  // namespace sluice::query
