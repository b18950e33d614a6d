// Regex: RE2 with the limits and flags all of Sluice uses, made in one place.
//
// Patterns over 16 KiB or over 8 MiB compiled are refused (ErrorCode::parse). Immutable, shared,
// safe from any thread. RE2's header stays in regex.cc.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"

namespace sluice::query {

enum class Anchor { both, none };  // both: labels; none: line filters

class Regex {
 public:
  static Result<std::shared_ptr<const Regex>> compile(std::string_view pattern, Anchor anchor);
  ~Regex();
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;

  bool matches(std::string_view text) const;
  // Group values in order, group 0 the whole match; unmatched groups are empty. False: no match.
  bool capture(std::string_view text, std::vector<std::string_view>& groups) const;
  const std::vector<std::string>& group_names() const;  // "" for unnamed; index 0 is the match
  // RE2's Rewrite syntax differs from Go's; `replacement` uses Go's $1, ${name}.
  std::string replace_all(std::string_view text, std::string_view replacement) const;
  const std::string& pattern() const;

 private:
  struct Impl;
  explicit Regex(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::query
