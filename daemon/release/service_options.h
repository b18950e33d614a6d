// The options of a service: its own, those of "*", or the built-in defaults.
#pragma once

#include "daemon/release/options.h"

namespace sluice::release {

inline ServiceOptions service_options(const ReleaseOptions& options, const std::string& service) {
  auto it = options.services.find(service);
  if (it == options.services.end()) it = options.services.find("*");
  return it == options.services.end() ? ServiceOptions{} : it->second;
}

}  // namespace sluice::release
