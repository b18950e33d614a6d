// `sluice-demo run`: the shop as a process that writes its log until told to stop.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/types/result.h"
#include "tests/demo/shop.h"

namespace sluice::demo {

struct RunOptions {
  ShopOptions shop;
  std::string file = "-";                         // "-": standard output
  double rate = 50;                               // lines per second, on average
  std::optional<std::chrono::seconds> duration;   // none: until SIGINT or SIGTERM
  std::string state_dir;                          // "" : always shop.version
  std::uint64_t max_bytes = 64 << 20;
};

// Blocks. With a state directory the version there wins and is followed when it changes; if none
// was deployed yet, shop.version is deployed. Call before any thread starts (signals are blocked).
Result<void> run_shop(RunOptions options);

}  // namespace sluice::demo
