// The command line of sluiced. Parsing says what to do and does nothing itself.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/types/result.h"
#include "daemon/server/options.h"

namespace sluice::server {

// What the flags said, kept apart from the config file so that a reload can apply both again.
struct Flags {
  std::string config_file;
  std::optional<std::string> storage_path;
  std::optional<std::string> http_listen;
  std::optional<std::string> log_level;
  std::optional<std::string> log_format;
  std::optional<std::string> retention;
  std::vector<std::string> rule_files;
};

struct RunDaemon {
  Flags flags;
};
struct CheckConfig {
  Flags flags;
};
// Work on a store that no daemon has open.
struct CheckStore {
  Flags flags;
};
struct BackUpStore {
  Flags flags;
  std::string backup;
};
struct RestoreStore {
  Flags flags;
  std::string backup;
};
// Print `text` and exit with `code` (help, version, usage errors).
struct PrintAndExit {
  std::string text;
  int code = 0;
};
using Command =
    std::variant<RunDaemon, CheckConfig, CheckStore, BackUpStore, RestoreStore, PrintAndExit>;

Command parse_command_line(int argc, const char* const* argv);

// Defaults, then the file, then the flags.
Result<DaemonOptions> resolve_options(const Flags& flags);

}  // namespace sluice::server
