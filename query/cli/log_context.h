// The lines around lines: what `context` shows of one time, and `logs -A -B -C` of each match.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "query/cli/command.h"
#include "query/cli/log_line.h"

namespace sluice::query::cli {

// Up to `limit` lines of the range, in the order of time; with `forward` its first, else its last.
Result<std::vector<LogLine>> read_side(const std::string& query, TimeRange range, std::size_t limit,
                                       bool forward, Context& context);

struct ContextSize {
  std::size_t before = 0;
  std::size_t after = 0;
  Duration window = std::chrono::hours(2);  // how far to look on each side

  bool any() const { return before > 0 || after > 0; }
};

// Matches with their neighbours, stream by stream, each line once however many matches it is near.
// Pure but for fetch().
class MatchContext {
 public:
  // Asks for the neighbours of a match in its stream. 100 lines at most at the time itself.
  Result<void> fetch(const LogLine& match, const ContextSize& size, Context& context);
  // The same without a server: `lines` lie next to each other, the match among them.
  void add(const LogLine& match, const std::vector<LogLine>& lines);

  struct Shown {
    LogLine line;
    bool match = false;
    bool gap = false;  // there are lines before it that are not shown
  };
  // Streams in the order of their first match, the lines of each in the order of time.
  std::vector<Shown> lines() const;

 private:
  using Key = std::tuple<Timestamp, std::string>;
  struct Place {
    LogLine line;
    bool match = false;
    bool joined = false;  // to the line before it
  };
  struct Stream {
    LabelSet labels;
    std::map<Key, Place> places;
  };
  Stream& stream_of(const LogLine& line);

  std::vector<Stream> streams_;
};

}  // namespace sluice::query::cli
