#include "query/cli/completion.h"

namespace sluice::query::cli {

namespace {

std::string fish_cases(const std::vector<CommandWords>& commands) {
  std::string out;
  for (const auto& [path, words] : commands)
    out += "    case '" + path + "'\n      printf '%s\\n' " + joined(words) + "\n";
  return out;
}

}  // namespace

// fish compares candidates with the word as it is without quotes, and quotes what it puts in.
std::string fish_completion(const std::vector<CommandWords>& commands) {
  return "# fish completion for sluice; load it with: sluice completion fish | source\n"
         "# or as a file sluice.fish in ~/.config/fish/completions.\n"
         "function __sluice_words\n"
         "  switch \"$argv[1]\"\n" +
         fish_cases(commands) +
         "  end\n"
         "end\n"
         "function __sluice_complete\n"
         "  set -l before (commandline -opc)\n"
         "  set -l current (string replace -r '^[\"\\']' '' -- (commandline -ct))\n"
         "  set -l path\n"
         "  for word in $before[2..3]\n"
         "    string match -q -- '-*' $word; and break\n"
         "    set -a path $word\n"
         "  end\n"
         "  # Names and values come from the server: sluice complete asks it, briefly.\n"
         "  set -l kind\n"
         "  if test \"$path[1]\" = labels; and not string match -q -- '-*' $current\n"
         "    set kind name\n"
         "  else if contains -- \"$path[1]\" " +
         selector_commands(" ") +
         "; and string match -q -- '{*' $current\n"
         "    set kind selector\n"
         "  end\n"
         "  if test -n \"$kind\"\n"
         "    sluice complete --kind $kind -- $current 2>/dev/null\n"
         "    return\n"
         "  end\n"
         "  set -l words (__sluice_words \"$path\")\n"
         "  test -n \"$words\"; or set words (__sluice_words \"$path[1]\")\n"
         "  if string match -q -- '-*' $current\n"
         "    printf '%s\\n' $words | string match -- '-*'\n"
         "  else\n"
         "    set -l commands (printf '%s\\n' $words | string match -v -- '-*')\n"
         "    if test -n \"$commands\"\n"
         "      printf '%s\\n' $commands\n"
         "    else\n"
         "      __fish_complete_path $current\n"
         "    end\n"
         "  end\n"
         "end\n"
         "complete -c sluice -f -a '(__sluice_complete)'\n";
}

}  // namespace sluice::query::cli
