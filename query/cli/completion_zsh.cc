#include "query/cli/completion.h"

namespace sluice::query::cli {

namespace {

std::string zsh_cases(const std::vector<CommandWords>& commands) {
  std::string out;
  for (const auto& [path, words] : commands)
    out += "    '" + path + "') reply=(" + joined(words) + ") ;;\n";
  return out;
}

}  // namespace

// $words counts from 1, with the command itself; $PREFIX is the word up to the cursor without an
// opening quote. -U: what the server says begins with what is there already, quoted or not.
std::string zsh_completion(const std::vector<CommandWords>& commands) {
  return "#compdef sluice\n"
         "# zsh completion for sluice; load it with: source <(sluice completion zsh)\n"
         "# or as a file _sluice in a folder of $fpath.\n"
         "_sluice_words() {\n"
         "  reply=()\n"
         "  case \"$1\" in\n" +
         zsh_cases(commands) +
         "  esac\n"
         "}\n"
         "_sluice() {\n"
         "  local path_=\"\" kind=\"\" i\n"
         "  local -a reply\n"
         "  for ((i = 2; i < CURRENT && i < 4; i++)); do\n"
         "    [[ ${words[i]} == -* ]] && break\n"
         "    path_=\"${path_:+$path_ }${words[i]}\"\n"
         "  done\n"
         "  # Names and values come from the server: sluice complete asks it, briefly.\n"
         "  case \"${words[2]}\" in\n"
         "    labels) [[ $CURRENT -gt 2 && $PREFIX != -* ]] && kind=name ;;\n"
         "    " +
         selector_commands("|") +
         ") [[ $PREFIX == \\{* ]] && kind=selector ;;\n"
         "  esac\n"
         "  if [[ -n $kind ]]; then\n"
         "    reply=(${(f)\"$(sluice complete --kind $kind -- \"$PREFIX\" 2>/dev/null)\"})\n"
         "    if [[ $kind == selector ]]; then\n"
         "      compadd -U -Q -S '' -- $reply\n"
         "    else\n"
         "      compadd -- $reply\n"
         "    fi\n"
         "    return\n"
         "  fi\n"
         "  _sluice_words \"$path_\"\n"
         "  (( $#reply )) || _sluice_words \"${path_%% *}\"\n"
         "  if [[ $PREFIX == -* ]]; then\n"
         "    compadd -- ${(M)reply:#-*}\n"
         "  elif (( ${#${reply:#-*}} )); then\n"
         "    compadd -- ${reply:#-*}\n"
         "  else\n"
         "    _files\n"
         "  fi\n"
         "}\n"
         "if [[ $funcstack[1] == _sluice ]]; then\n"
         "  _sluice \"$@\"\n"
         "else\n"
         "  compdef _sluice sluice\n"
         "fi\n";
}

}  // namespace sluice::query::cli
