// run_command: a configured command with a time limit, bounded output and a clean environment.
//
// No shell: the argument vector goes to execve as it is. The child is the leader of its own process
// group; at the limit the group gets SIGTERM, two seconds later SIGKILL. It inherits PATH, HOME and
// LANG, nothing else of ours, and what `environment` adds. Blocks; safe from any thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/types/result.h"
#include "base/types/time.h"

namespace sluice::release {

struct Command {
  std::vector<std::string> argv;  // argv[0]: an absolute path
  std::vector<std::pair<std::string, std::string>> environment;
  Duration timeout = std::chrono::minutes(2);
};

struct CommandResult {
  int exit_code = 0;  // 128 + n when ended by signal n
  bool timed_out = false;
  std::string output;  // stdout and stderr as they came, the first max_command_output bytes
};

inline constexpr std::size_t max_command_output = 64 << 10;

// Error(io): it could not be started.
Result<CommandResult> run_command(const Command& command);

}  // namespace sluice::release
