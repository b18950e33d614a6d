// The filesystem collector with a statvfs of one's choice: how tests make a mount hang.
#pragma once

#include <chrono>

#include "agent/host/collector.h"
#include "agent/host/statfs_prober.h"

namespace sluice::agent {

Collector filesystem_collector(const HostRoots& roots, Statfs statfs,
                               std::chrono::milliseconds timeout);

}  // namespace sluice::agent
