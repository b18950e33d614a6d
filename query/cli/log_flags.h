// Flags that `logs` and `tail` share, and following a query, which both can.
#pragma once

#include <string>
#include <vector>

#include "query/cli/command.h"
#include "query/cli/log_line.h"

namespace sluice::query::cli {

struct LogStyleFlags {
  std::string output = "default";
  std::string time_format = "rfc3339";
  bool no_labels = false;
  bool colored = false;
  bool include_common = false;
  std::size_t labels_width = 0;
  std::vector<std::string> include;
  std::vector<std::string> exclude;
  std::vector<std::string> fields;
  std::vector<std::string> lines_with;
  std::vector<std::string> lines_without;
  std::string highlight;

  void add_to(CLI::App& app);
  Result<LogStyle> resolve(const Context& context) const;
};

struct TailFlags {
  unsigned delay_for = 0;  // seconds
  unsigned tail_limit = 30;
  std::string until_match;
  std::string timeout;

  void add_to(CLI::App& app);
  void add_end_to(CLI::App& app);
};

// Prints lines as they arrive until Ctrl-C. When the connection breaks it reconnects and goes on
// behind the last line, without repeating any. Ends by itself at a line that --until-match finds,
// or with ExitCode::timed_out.
ExitCode follow_logs(const std::string& query, const TailFlags& flags, const LogStyle& style,
                     Context& context);

}  // namespace sluice::query::cli
