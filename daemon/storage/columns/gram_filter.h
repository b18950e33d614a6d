// GramFilter: says that a text occurs in none of a row group's values, without reading them.
//
// A bitmap with one bit per hashed run of four bytes (letters in lower case) of the values of
// dictionary and text columns. Stored in the row group's header; docs/format/log-part.md. Numbers
// and fixed values are not in it: what those can look like is known from their form.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"

namespace sluice::storage {

class GramFilter {
 public:
  static constexpr std::size_t gram = 4;

  // False: no value added contains `text`, in any case of its ASCII letters. Texts shorter than a
  // gram are always possible.
  bool may_contain(std::string_view text) const;
  std::size_t memory_bytes() const { return words_.size() * 8; }

  void encode(std::string& out) const;
  static Result<GramFilter> decode(std::string_view encoded);

 private:
  friend class GramFilterBuilder;
  std::vector<std::uint64_t> words_;  // a power of two of them; none: nothing was added
};

class GramFilterBuilder {
 public:
  void add(std::string_view value);
  // About `bits_per_gram` bits for each distinct gram, at most 128 KiB.
  GramFilter finish();

 private:
  std::vector<std::uint64_t> seen_ = std::vector<std::uint64_t>(1 << 14);  // 1 Mi bits
  std::string last_;  // the first bytes of the value added last
};

}  // namespace sluice::storage
