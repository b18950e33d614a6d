// run: the whole client, from arguments to exit code. main() gives it the real world.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "query/cli/command.h"

namespace sluice::query::cli {

struct World {
  std::ostream& out;
  std::ostream& err;
  std::istream& in;
  bool out_is_tty = false;
  const Clock& clock;
  std::stop_token stop;
  std::function<void(std::chrono::milliseconds)> sleep;
  bool err_is_tty = false;
};

// args without the program's name.
ExitCode run(std::vector<std::string> args, World world);

}  // namespace sluice::query::cli
