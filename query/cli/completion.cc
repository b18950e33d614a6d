// The script is made from the commands themselves, so it knows every flag there is.
#include <CLI/CLI.hpp>
#include <ostream>

#include "query/cli/command.h"

namespace sluice::query::cli {

namespace {

// Those that --help shows.
std::vector<const CLI::App*> subcommands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* sub) { return !sub->get_group().empty(); });
}

std::string words_for(const CLI::App& app) {
  std::string words;
  for (const auto* sub : subcommands_of(app)) words += sub->get_name() + " ";
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
    for (const auto* option : at->get_options()) {
      for (const auto& name : option->get_lnames()) words += "--" + name + " ";
    }
  }
  return words;
}

// One line of the case statement for each command path: "gate run") words="...";;
void add_cases(const CLI::App& app, const std::string& path, std::string& out) {
  out += "    \"" + path + "\") words=\"" + words_for(app) + "\" ;;\n";
  for (const auto* sub : subcommands_of(app)) {
    add_cases(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), out);
  }
}

std::string bash_script(const CLI::App& root) {
  std::string cases;
  add_cases(root, "", cases);
  return "# bash completion for sluice; load it with: source <(sluice completion bash)\n"
         "_sluice_words() {\n"
         "  local words=\"\"\n"
         "  case \"$1\" in\n" +
         cases +
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
         "    logs|tail|context|patterns|export|series) [[ $bare == \\{* ]] && kind=selector ;;\n"
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

}  // namespace

Action add_completion(CLI::App& root) {
  CLI::App& app = add_subcommand(root, "completion", "Print a completion script for the shell",
                                 "  source <(sluice completion bash)");
  auto shell = std::make_shared<std::string>();
  app.add_option("shell", *shell, "bash")->required()->check(CLI::IsMember({"bash"}));
  // The flag writes to `shell` for as long as the command exists.
  return [shell](Context& context) {
    context.out << bash_script(*context.root);
    return ExitCode::ok;
  };
}

}  // namespace sluice::query::cli
