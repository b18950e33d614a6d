// TimeLayout: the ways logs write the time, recognised in sample lines and written again.
//
// A layout is a pattern of codes in the manner of strftime: %Y %m %d %H %M %S %y %b %a as there,
// %e day padded with a blank, %j day not padded, %L milliseconds, %N microseconds, %s seconds since
// the epoch (ten digits); everything else stands for itself. All times are UTC.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::bench {

// A moment split into its calendar fields; set() is cheap while the second stays the same.
class Moment {
 public:
  void set(std::int64_t unix_ns);
  std::int64_t unix_ns() const { return unix_ns_; }
  std::int64_t second() const { return second_; }
  // Appends what one code stands for.
  void append(char code, std::string& out) const;

 private:
  std::int64_t unix_ns_ = 0;
  std::int64_t second_ = -1;
  unsigned nanos_ = 0;
  unsigned year_ = 0, month_ = 0, day_ = 0, weekday_ = 0, hour_ = 0, minute_ = 0, seconds_ = 0;
};

// Appends `moment` in the layout of this pattern.
void append_time(std::string_view pattern, const Moment& moment, std::string& out);

struct TimeMatch {
  std::string_view pattern;  // of a table with static life
  std::size_t length;
};

// The longest known layout that `text` has at `at`, which must be a word's begin.
std::optional<TimeMatch> match_time(std::string_view text, std::size_t at);

}  // namespace sluice::bench
