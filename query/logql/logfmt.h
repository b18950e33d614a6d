// LogfmtReader: the key=value pairs of a line in logfmt: level=info msg="it's up" retried
//
// A pair ends at white space; values may be quoted, with JSON's escapes. The reader yields pairs
// and bad spots alike, so that a lenient caller can go on after one.
#pragma once

#include <string_view>

#include "query/logql/line_arena.h"

namespace sluice::query::logql {

struct LogfmtPair {
  std::string_view key;
  std::string_view value;  // a view of the line, or of the arena if it had escapes
};

class LogfmtReader {
 public:
  LogfmtReader(std::string_view line, LineArena& arena) : line_(line), arena_(arena) {}

  enum class Status { pair, bad, end };
  // `bad`: the pair is malformed; the next call goes on after the next white space.
  Status next(LogfmtPair& out);
  std::size_t position() const { return at_; }

 private:
  Status bad();
  bool at_break() const;
  bool quoted(std::string_view& value);
  bool unescape(std::string_view raw, std::string_view& value);

  std::string_view line_;
  LineArena& arena_;
  std::size_t at_ = 0;
};

}  // namespace sluice::query::logql
