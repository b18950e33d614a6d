// MinuteCounts: how many rows and bytes of lines each run of a row group has per minute, so that
// counting without filters reads no chunk. Format: docs/format/log-part.md, "Minutes".
//
// Minute k is (k*60s, (k+1)*60s], open on the left like LogQL's ranges: an entry exactly at a full
// minute belongs to the minute that ends there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/types/result.h"
#include "base/types/time.h"
#include "daemon/storage/codec/bytes.h"

namespace sluice::storage {

inline constexpr std::int64_t ns_per_minute = 60'000'000'000;

std::int64_t minute_of(Timestamp t);

struct MinuteCount {
  std::int64_t minute = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  friend bool operator==(const MinuteCount&, const MinuteCount&) = default;
};

// Kept as stored (a few bytes for each minute of a run) and read on every use.
class MinuteCounts {
 public:
  MinuteCounts() = default;
  // Error(corrupt): does not decode, or the rows are not `rows` altogether.
  static Result<MinuteCounts> decode(std::string_view encoded, std::uint64_t rows);

  // Calls visit(run, count): runs ascending from 0, the minutes of each ascending.
  template <typename Visit>
  void for_each(Visit visit) const {
    ByteReader in(encoded_);
    const std::uint64_t runs = in.varint();
    std::int64_t minute = 0;
    for (std::uint64_t run = 0; run < runs && in.ok(); ++run)
      for (std::uint64_t left = in.varint(); left > 0 && in.ok(); --left) {
        minute = wrapping_add(minute, in.zigzag());
        const std::uint64_t rows = in.varint();
        visit(static_cast<std::uint32_t>(run), MinuteCount{minute, rows, in.varint()});
      }
  }
  std::size_t runs() const { return ByteReader(encoded_).varint(); }
  const std::string& encoded() const { return encoded_; }

 private:
  std::string encoded_ = std::string(1, '\0');  // no runs
};

class MinuteCountsBuilder {
 public:
  void begin_run() { runs_.emplace_back(); }
  // Timestamps ascend within a run.
  void add(Timestamp t, std::size_t line_bytes);
  std::string finish() const;

 private:
  std::vector<std::vector<MinuteCount>> runs_;
};

}  // namespace sluice::storage
