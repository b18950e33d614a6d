#include "query/cli/completion.h"

namespace sluice::query::cli {

namespace {

std::string bash_cases(const std::vector<CommandWords>& commands) {
  std::string out;
  for (const auto& [path, words] : commands)
    out += "    \"" + path + "\") words=\"" + joined(words) + "\" ;;\n";
  return out;
}

}  // namespace

std::string bash_completion(const std::vector<CommandWords>& commands) {
  return "# bash completion for sluice; load it with: source <(sluice completion bash)\n"
         "_sluice_words() {\n"
         "  local words=\"\"\n"
         "  case \"$1\" in\n" +
         bash_cases(commands) +
         "  esac\n"
         "  echo \"$words\"\n"
         "}\n"
         "_sluice() {\n"
         "  local current=\"${COMP_WORDS[COMP_CWORD]}\" path=\"\" words=\"\" i\n"
         "  for ((i = 1; i < COMP_CWORD && i < 3; i++)); do\n"
         "    [[ ${COMP_WORDS[i]} == -* ]] && break\n"
         "    path=\"${path:+$path }${COMP_WORDS[i]}\"\n"
         "  done\n"
         "  # Names and values come from the server: sluice complete asks it, briefly.\n"
         "  local kind=\"\" bare=\"${current#[\\\"\\']}\"\n"
         "  case \"${COMP_WORDS[1]}\" in\n"
         "    labels) [[ $current == -* ]] || kind=name ;;\n"
         "    " +
         selector_commands("|") +
         ") [[ $bare == \\{* ]] && kind=selector ;;\n"
         "  esac\n"
         "  if [[ -n $kind ]]; then\n"
         "    [[ $kind == selector ]] && compopt -o nospace 2>/dev/null\n"
         "    mapfile -t COMPREPLY < <(sluice complete --kind \"$kind\" -- \"$bare\" 2>/dev/null)\n"
         "    return\n"
         "  fi\n"
         "  words=\"$(_sluice_words \"$path\")\"\n"
         "  [[ -z $words ]] && words=\"$(_sluice_words \"${path%% *}\")\"\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
         "}\n"
         "complete -o bashdefault -o default -F _sluice sluice\n";
}

}  // namespace sluice::query::cli
