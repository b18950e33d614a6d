// LogPager: reads a range of log lines page by page, past the server's limit, each line exactly
// once. A pure state machine: ask it for the next request, give it the answer.
//
// Pages meet at a timestamp, and several lines may share it, so the next page begins with the last
// timestamp again and the lines already given are dropped from it: as many of each as were given,
// since identical lines are all kept by the store. A page always has room for one line more than
// it expects to drop; otherwise a crowd at one timestamp would be the same page for ever.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "query/cli/log_line.h"

namespace sluice::query::cli {

class LogPager {
 public:
  struct Page {
    TimeRange range;
    std::uint64_t limit = 0;
  };

  // limit 0: all there are.
  LogPager(TimeRange range, bool forward, std::uint64_t limit, std::uint64_t batch);

  // Nothing when the range or the limit is exhausted.
  std::optional<Page> next() const;
  // The answer to next(), in any order; the new lines among it, in order.
  std::vector<LogLine> accept(std::vector<LogLine> lines);
  // The same piece by piece: pieces come in the page's order, lines within one in any.
  std::vector<LogLine> add(std::vector<LogLine> lines);
  void end_page();

 private:
  void remember(const std::vector<LogLine>& fresh);

  TimeRange range_;
  const bool forward_;
  const bool limited_;
  std::uint64_t left_;
  const std::uint64_t batch_;
  bool done_ = false;
  std::optional<Timestamp> edge_;             // the last timestamp given
  std::map<LogLine, std::uint64_t> at_edge_;  // lines given with it, how often
  std::uint64_t edge_count_ = 0;
  // The page that is being read:
  std::optional<Page> page_;
  std::map<LogLine, std::uint64_t> known_;  // lines of the edge that may come again
  std::uint64_t got_ = 0;
  bool any_new_ = false;
};

}  // namespace sluice::query::cli
