// The demo's command line: parsing returns what to do and does nothing itself.
#pragma once

#include <string>
#include <variant>

#include "tests/demo/receive.h"
#include "tests/demo/run.h"

namespace sluice::demo {

struct DeployCommand {
  std::string version;
  std::string state_dir;
};

struct RollbackCommand {
  std::string state_dir;
};

// Nothing to run: print `text` and exit (help: 0, wrong usage: 2).
struct Say {
  std::string text;
  int exit_code = 0;
};

using Command = std::variant<RunOptions, DeployCommand, RollbackCommand, ReceiveOptions, Say>;

Command parse_command_line(int argc, const char* const* argv);

}  // namespace sluice::demo
