// Fingerprint: what makes a file generation recognisable after a restart, a rename or a rewrite.
//
// Inode numbers are reused within seconds and files are truncated in place, so the number alone
// proves nothing; equal first bytes prove nothing either (two logs may share a header). Together
// with the bytes just before the committed offset (the anchor) they do: a file that shrank and grew
// past the old offset fails the anchor. The head digest grows with the file up to head_limit, so a
// file of ten bytes is tailed at once and recognised later.
//
// Lengths are bytes, hashes XXH3-64. Pure; reading is done by agent/tail/file.h.
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::agent {

inline constexpr std::size_t head_limit = 1024;
inline constexpr std::size_t anchor_limit = 1024;

// Which file on this machine. birth_ns is 0 where the file system does not tell.
struct FileId {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t birth_ns = 0;
  friend bool operator==(const FileId&, const FileId&) = default;
};

// The same inode and no contradiction in the birth time.
bool same_file(const FileId& a, const FileId& b);

struct Digest {
  std::uint32_t length = 0;
  std::uint64_t hash = 0;
  friend bool operator==(const Digest&, const Digest&) = default;
};

struct Fingerprint {
  FileId id;
  Digest head;    // of [0, head.length)
  Digest anchor;  // of [acked - anchor.length, acked)
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

Digest digest_head(std::string_view from_start);       // of the first head_limit bytes at most
Digest digest_anchor(std::string_view before_offset);  // of the last anchor_limit bytes at most
bool head_matches(const Digest& head, std::string_view from_start);
bool anchor_matches(const Digest& anchor, std::string_view before_offset);

}  // namespace sluice::agent
