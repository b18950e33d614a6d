// views_of: what a push is made of, from entries that own their lines and must outlive it.
#pragma once

#include <vector>

#include "base/types/log_entry.h"

namespace sluice {

inline std::vector<PushStream> views_of(const std::vector<StreamEntries>& owned) {
  std::vector<PushStream> streams;
  for (const auto& stream : owned) {
    auto& views = streams.emplace_back(PushStream{stream.labels, {}});
    for (const auto& entry : stream.entries)
      views.entries.push_back({entry.timestamp, entry.line, entry.metadata});
  }
  return streams;
}

}  // namespace sluice
