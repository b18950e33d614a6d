// Rule files from disk: globs to files to groups.
#pragma once

#include <string>
#include <vector>

#include "rules/rule_file.h"

namespace sluice::alerting {

// Files in order of path, each once. A pattern without * ? [ must name a file that exists; a glob
// may match nothing. Errors: all problems of all files.
Result<std::vector<rules::RuleFile>> load_rule_files(const std::vector<std::string>& patterns,
                                                     const rules::RuleFileOptions& options);

}  // namespace sluice::alerting
