// ProtobufReader: the protobuf exposition format (docs/format/exposition.md), the only one that
// carries native histograms. Gives the same entries as ExpositionReader.
//
// The views in an entry are valid until the next call of next(). Errors are ErrorCode::parse.
// Not thread-safe.
#pragma once

#include <deque>
#include <string_view>
#include <vector>

#include "base/scrape/exposition.h"

namespace sluice::scrape {

// What is made of a histogram that has native buckets.
struct HistogramChoice {
  bool native = false;   // take the native histogram
  bool classic = false;  // and the classic buckets, too
};

class ProtobufReader {
 public:
  // Error(limit_exceeded) for a body with more than `samples`: a sample may be a message of two
  // bytes and is a hundred times that in memory.
  ProtobufReader(std::string_view body, HistogramChoice histograms, std::size_t samples)
      : rest_(body),
        histograms_(histograms),
        text_budget_(text_budget_of(body.size())),
        samples_left_(samples) {}
  Result<ExposedEntry> next();

 private:
  friend class FamilyReader;
  static std::size_t text_budget_of(std::size_t body) { return (1 << 20) + 32 * body; }
  Result<void> read_family();

  std::string_view rest_;
  const HistogramChoice histograms_;
  // Names of series that may still be written: buckets repeat their metric's labels, and a small
  // body must not become a large one.
  std::size_t text_budget_;
  std::size_t samples_left_;
  std::vector<ExposedEntry> entries_;  // of the family being read
  std::size_t at_ = 0;
  std::deque<std::string> texts_;  // what their views show
};

}  // namespace sluice::scrape
