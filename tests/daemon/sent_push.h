// as_sent: a push as it comes in a snappy block that the store keeps.
#pragma once

#include "base/codec/compress.h"
#include "daemon/storage/store.h"

namespace sluice {

// The lines are moved into one text, each with as many other bytes behind it, so that any text
// compresses well enough.
inline storage::LogPush as_sent(storage::LogPush push) {
  std::string bytes;
  for (const auto& stream : push.streams)
    for (const auto& entry : stream.entries)
      bytes.append(entry.line).append(entry.line.size(), '.');
  push.sent.block = snappy_compress(bytes);
  push.sent.text = snappy_decompress_raw(push.sent.block, bytes.size()).value();
  std::size_t begin = 0;
  for (auto& stream : push.streams)
    for (auto& entry : stream.entries) {
      const std::size_t size = entry.line.size();
      entry.line = push.sent.text.view().substr(begin, size);
      begin += 2 * size;
    }
  return push;
}

}  // namespace sluice
