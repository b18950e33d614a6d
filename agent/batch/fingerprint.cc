#include "agent/batch/fingerprint.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

namespace sluice::agent {
namespace {

Digest digest(std::string_view bytes) {
  if (bytes.empty()) return {};
  return {static_cast<std::uint32_t>(bytes.size()), XXH3_64bits(bytes.data(), bytes.size())};
}

std::string_view last(std::string_view bytes, std::size_t n) {
  return bytes.substr(bytes.size() - std::min(n, bytes.size()));
}

}  // namespace

bool same_file(const FileId& a, const FileId& b) {
  const bool births_differ = a.birth_ns != 0 && b.birth_ns != 0 && a.birth_ns != b.birth_ns;
  return a.device == b.device && a.inode == b.inode && !births_differ;
}

Digest digest_head(std::string_view from_start) {
  return digest(from_start.substr(0, head_limit));
}

Digest digest_anchor(std::string_view before_offset) {
  return digest(last(before_offset, anchor_limit));
}

bool head_matches(const Digest& head, std::string_view from_start) {
  return from_start.size() >= head.length && digest(from_start.substr(0, head.length)) == head;
}

bool anchor_matches(const Digest& anchor, std::string_view before_offset) {
  return before_offset.size() >= anchor.length &&
         digest(last(before_offset, anchor.length)) == anchor;
}

}  // namespace sluice::agent
