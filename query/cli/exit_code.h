// The exit codes of `sluice`: one table for the whole binary, printed by `sluice help exit-codes`.
// Scripts depend on them; they are never renumbered.
#pragma once

#include <string>

#include "base/types/result.h"

namespace sluice::query::cli {

enum class ExitCode {
  ok = 0,                // done; gate passed
  no = 1,                // the answer is no
  usage = 2,             // wrong usage or query syntax
  undecided = 3,         // gate inconclusive; lint warnings only
  not_allowed = 4,       // no or insufficient credentials
  unreachable = 5,       // server unreachable or failing
  partial = 6,           // partial result under --strict
  rolled_back = 9,       // gate failed, rollback done
  rollback_failed = 10,  // gate failed, rollback failed
  timed_out = 124,       // --timeout ran out
  interrupted = 130,     // Ctrl-C
};

// What a command that ends with this error exits with.
ExitCode exit_code_of(const Error& error);

// The table as text.
std::string exit_code_help();

}  // namespace sluice::query::cli
