// Completion scripts, made from the commands themselves, so that they know every flag there is.
// Names and values of labels come from the server: the scripts run `sluice complete` (complete.h).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace sluice::query::cli {

// Each command as it is written ("gate run"; "" for none) and the words that may follow it:
// subcommands, then flags, its own and those of what is around it.
struct CommandWords {
  std::string path;
  std::vector<std::string> words;
};
std::vector<CommandWords> all_command_words(const CLI::App& root);
std::string joined(const std::vector<std::string>& words);

// Commands whose first argument is a query, which begins with a selector.
std::string selector_commands(std::string_view between);

std::string bash_completion(const std::vector<CommandWords>& commands);
std::string zsh_completion(const std::vector<CommandWords>& commands);
std::string fish_completion(const std::vector<CommandWords>& commands);

}  // namespace sluice::query::cli
