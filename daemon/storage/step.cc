#include "daemon/storage/store.h"

namespace sluice::storage {

void Step::put(Keyspace space, std::string key, std::string value) {
  changes_.push_back({space, std::move(key), std::move(value)});
}

void Step::remove(Keyspace space, std::string key) {
  changes_.push_back({space, std::move(key), std::nullopt});
}

void Step::write(const TenantId& tenant, std::vector<SeriesSamples> samples) {
  samples_.push_back({tenant, std::move(samples)});
}

}  // namespace sluice::storage
